const http = require("http");

const server = http.createServer((request, response) => {
  http.get("http://127.0.0.1:9000/", (answer) => answer.pipe(response));
});
server.listen(8000, () => console.log("listens"));
if (process.argv[2] !== "without-handler") {
  process.on("SIGTERM", () => {
    console.log("closes");
    server.close(() => console.log("closed"));
  });
}
