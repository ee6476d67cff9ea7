//! What is answered.

use std::io::{BufRead, Read as _};

use super::{Failure, LIMIT};

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The longest head, with all its lines, in bytes.
const HEAD: u64 = 64 << 10;

/// Where a body ends.
enum End {
    None,
    After(usize),
    Chunked,
    Close,
}

/// Reads the answer to a request of this method.
///
/// # Errors
/// What went wrong.
pub fn read(stream: &mut impl BufRead, method: &str) -> Result<Response, Failure> {
    loop {
        let (status, headers) = head(stream)?;
        // It only says that the answer will come.
        if (100..200).contains(&status) && status != 101 {
            continue;
        }
        let body = match end(status, &headers, method)? {
            End::None => Vec::new(),
            End::After(length) => exactly(stream, length)?,
            End::Chunked => chunks(stream)?,
            End::Close => rest(stream)?,
        };
        return Ok(Response { status, headers, body });
    }
}

fn head(stream: &mut impl BufRead) -> Result<(u16, Vec<(String, String)>), Failure> {
    let mut left = HEAD;
    let first = line(stream, &mut left)?;
    let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|status| status.parse().ok());
    let status = status.filter(|status| (100..1000).contains(status)).ok_or_else(|| wrong("its first line"))?;
    let mut headers = Vec::new();
    loop {
        let line = line(stream, &mut left)?;
        if line.is_empty() {
            return Ok((status, headers));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| wrong("a header field"))?;
        if name.is_empty() || name.contains(|character: char| character.is_ascii_whitespace()) {
            return Err(wrong("a header field"));
        }
        headers.push((name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_string()));
    }
}

fn end(status: u16, headers: &[(String, String)], method: &str) -> Result<End, Failure> {
    let values =
        |name: &'static str| headers.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str());
    if method == "HEAD" || matches!(status, 101 | 204 | 304) {
        return Ok(End::None);
    }
    let mut codings = values("transfer-encoding").flat_map(|value| value.split(','));
    match (codings.next(), codings.next()) {
        (Some(coding), None) if coding.trim().eq_ignore_ascii_case("chunked") => return Ok(End::Chunked),
        (Some(_), _) => return Err(wrong("its transfer-encoding")),
        (None, _) => {}
    }
    let mut lengths = values("content-length");
    let Some(first) = lengths.next() else {
        return Ok(End::Close);
    };
    let is_number = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || lengths.any(|other| other != first) {
        return Err(wrong("its content-length"));
    }
    // What is no number for the machine is too large, too.
    first.parse().ok().filter(|length| *length <= LIMIT).map(End::After).ok_or_else(too_large)
}

fn exactly(stream: &mut impl BufRead, length: usize) -> Result<Vec<u8>, Failure> {
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}

fn rest(stream: &mut impl BufRead) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    stream.take(LIMIT as u64 + 1).read_to_end(&mut body)?;
    if body.len() > LIMIT { Err(too_large()) } else { Ok(body) }
}

fn chunks(stream: &mut impl BufRead) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    // Lines between chunks are no body, and not without end either.
    let mut left = HEAD.max(LIMIT as u64);
    loop {
        let line_of_size = line(stream, &mut left)?;
        let size = line_of_size.split(';').next().unwrap_or_default().trim();
        if size.is_empty() || !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong("a chunk"));
        }
        let size = usize::from_str_radix(size, 16).map_err(|_| too_large())?;
        if size == 0 {
            // Fields after the body are nobody's business.
            while !line(stream, &mut left)?.is_empty() {}
            return Ok(body);
        }
        if size > LIMIT - body.len() {
            return Err(too_large());
        }
        body.extend(exactly(stream, size)?);
        if !line(stream, &mut left)?.is_empty() {
            return Err(wrong("a chunk"));
        }
    }
}

/// A line without its end.
fn line(stream: &mut impl BufRead, left: &mut u64) -> Result<String, Failure> {
    let mut line = Vec::new();
    let length = stream.take(*left).read_until(b'\n', &mut line)?;
    *left -= length as u64;
    if line.pop() != Some(b'\n') {
        let too_long = *left == 0;
        return Err(if too_long {
            wrong("its head, which is too long")
        } else {
            std::io::ErrorKind::UnexpectedEof.into()
        });
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

fn wrong(what: &str) -> Failure {
    Failure::Failed(format!("the answer is wrong: {what}"))
}

fn too_large() -> Failure {
    Failure::Failed("the answer is larger than 1 MiB".to_string())
}

impl From<std::io::ErrorKind> for Failure {
    fn from(kind: std::io::ErrorKind) -> Self {
        std::io::Error::from(kind).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: impl AsRef<[u8]>) -> Result<(u16, String), Failure> {
        let response = super::read(&mut bytes.as_ref(), "GET")?;
        Ok((response.status, String::from_utf8(response.body).unwrap()))
    }

    #[test]
    fn a_body_ends_where_the_head_says() {
        for (answer, body) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcd", "abc"),
            ("HTTP/1.0 200 \r\n\r\nabcd", "abcd"),
            ("HTTP/1.1 200\n\nabcd", "abcd"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabcd", "abc"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n0A;x=y\r\n0123456789\r\n0\r\na: b\r\n\r\n",
                "ab0123456789",
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", ""),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\nab", "ab"),
        ] {
            assert_eq!(read(answer), Ok((200, body.to_string())), "{answer}");
        }
        assert_eq!(read("HTTP/1.1 204 No\r\ncontent-length: 3\r\n\r\nabc"), Ok((204, String::new())));
        let head = super::read(&mut &b"HTTP/1.1 404 No\r\ncontent-length: 3\r\n\r\n"[..], "HEAD").unwrap();
        assert_eq!((head.status, head.body), (404, Vec::new()));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for answer in [
            "",
            "\r\n\r\n",
            "HTTP/2 200 OK\r\n\r\n",
            "HTTP/1.1 20x OK\r\n\r\n",
            "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
            "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: c\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\na",
            "HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100001\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "HTTP/1.1 100 OK\r\n\r\n",
        ] {
            assert!(matches!(read(answer), Err(Failure::Failed(_))), "{answer}");
        }
    }

    #[test]
    fn nothing_is_read_without_end() {
        assert!(read("HTTP/1.1 200 OK\r\n".to_string() + &"a: b\r\n".repeat(20_000)).is_err());
        assert!(read("HTTP/1.1 200 ".to_string() + &"x".repeat(100_000)).is_err());
        assert!(read("HTTP/1.1 200 OK\r\n\r\n".to_string() + &"x".repeat(LIMIT + 1)).is_err());
        assert!(read("HTTP/1.1 200 OK\r\n\r\n".to_string() + &"x".repeat(LIMIT)).is_ok());
        let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_string();
        assert!(read(chunks.clone() + &"1\r\nx\r\n".repeat(LIMIT + 1)).is_err());
        assert!(read(chunks + "0\r\n" + &"a: b\r\n".repeat(LIMIT)).is_err());
    }
}
