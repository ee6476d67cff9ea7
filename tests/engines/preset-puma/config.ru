require "net/http"

run lambda { |_|
  body = Net::HTTP.get(URI("http://127.0.0.1:9000/"))
  [200, { "content-length" => body.bytesize.to_s }, [body]]
}
