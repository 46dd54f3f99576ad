//! What the raw listener does with a connection, one variant a hostility.

use flate2::{Compression, Crc, FlushCompress, Status};
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

const JSON_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
/// A reply that begins like a token and goes on for ever.
const JSON_START: &str = "{\"tokenType\":\"Bearer\",\"accessToken\":\"";
const CHUNK: usize = 64 * 1024;

/// The behaviour of one connection, after its request was read.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// These bytes are the whole reply, status line and all.
    Reply(Vec<u8>),
    /// A redirect with this status and `Location`.
    RedirectTo {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// The `Location` header as it stands.
        location: String,
    },
    /// These bytes, one at a time.
    Drip {
        /// The whole reply.
        bytes: Vec<u8>,
        /// The pause after each byte.
        every: Duration,
    },
    /// A JSON reply that promises more than comes: `n` bytes of its body, then the end.
    CutAfter(usize),
    /// The connection is reset (TCP RST) instead of an answer.
    Reset,
    /// A valid start of a JSON reply, going on for this many bytes, without a Content-Length.
    Huge {
        /// Bytes of body.
        total: u64,
    },
    /// The same in chunks that never end.
    EndlessChunks,
    /// A small gzip reply that unpacks to about this many bytes of JSON.
    GzipBomb {
        /// Bytes after unpacking.
        decompressed: u64,
    },
    /// Valid JSON of this many nested arrays.
    Deep(usize),
    /// A good reply with this many bytes of header lines in front.
    HugeHeaders(usize),
    /// These bytes, and then nothing more; the connection stays open.
    Stops(Vec<u8>),
    /// No answer at all; the connection stays open.
    Silent,
}

impl Behaviour {
    /// A plain reply with a JSON body.
    pub fn json(status: u16, body: &str) -> Self {
        let length = body.len();
        let reply = format!(
            "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        Self::Reply(reply.into_bytes())
    }

    /// Plays the behaviour. Errors only mean that the client left, which is what it should do.
    pub(super) async fn play<S>(&self, stream: &mut S) -> std::io::Result<()>
    where
        S: AsyncWrite + Unpin,
    {
        match self {
            Self::Reply(bytes) => stream.write_all(bytes).await,
            Self::RedirectTo { status, location } => {
                let reply = format!(
                    "HTTP/1.1 {status} Redirect\r\nLocation: {location}\r\n\
                     Content-Length: 0\r\nConnection: close\r\n\r\n"
                );
                stream.write_all(reply.as_bytes()).await
            }
            Self::Drip { bytes, every } => drip(stream, bytes, *every).await,
            Self::CutAfter(n) => stream.write_all(&cut(*n)).await,
            Self::Huge { total } => huge(stream, *total).await,
            Self::EndlessChunks => endless_chunks(stream).await,
            Self::GzipBomb { decompressed } => stream.write_all(&gzip_bomb(*decompressed)).await,
            Self::Deep(levels) => stream.write_all(&deep(*levels)).await,
            Self::HugeHeaders(n) => stream.write_all(&huge_headers(*n)).await,
            Self::Stops(bytes) => {
                stream.write_all(bytes).await?;
                stream.flush().await?;
                std::future::pending().await
            }
            Self::Silent => std::future::pending().await,
            // The listener does it: it needs the socket itself.
            Self::Reset => Ok(()),
        }
    }
}

async fn drip<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8], every: Duration) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        tokio::time::sleep(every).await;
    }
    Ok(())
}

fn cut(n: usize) -> Vec<u8> {
    let promised = n + 1_000;
    let mut reply = format!("{JSON_HEAD}Content-Length: {promised}\r\n\r\n").into_bytes();
    let body = JSON_START.bytes().chain(std::iter::repeat(b'a'));
    reply.extend(body.take(n));
    reply
}

async fn huge<S: AsyncWrite + Unpin>(stream: &mut S, total: u64) -> std::io::Result<()> {
    stream.write_all(format!("{JSON_HEAD}\r\n{JSON_START}").as_bytes()).await?;
    let chunk = vec![b'a'; CHUNK];
    let mut left = total.saturating_sub(JSON_START.len() as u64);
    while left > 0 {
        let now = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        stream.write_all(&chunk[..now]).await?;
        left -= now as u64;
    }
    Ok(())
}

async fn endless_chunks<S: AsyncWrite + Unpin>(stream: &mut S) -> std::io::Result<()> {
    let head = format!("{JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n");
    let first = format!("{:x}\r\n{JSON_START}\r\n", JSON_START.len());
    stream.write_all((head + &first).as_bytes()).await?;
    let chunk = [format!("{CHUNK:x}\r\n").as_bytes(), &vec![b'a'; CHUNK], b"\r\n"].concat();
    loop {
        stream.write_all(&chunk).await?;
    }
}

fn deep(levels: usize) -> Vec<u8> {
    let body = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let length = body.len();
    format!("{JSON_HEAD}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn huge_headers(n: usize) -> Vec<u8> {
    let mut reply = JSON_HEAD.to_owned();
    let end = reply.len() + n;
    let mut line = 0;
    while reply.len() < end {
        let pad = "p".repeat((end - reply.len()).min(1_000));
        reply += &format!("X-Pad-{line}: {pad}\r\n");
        line += 1;
    }
    reply += "Content-Length: 2\r\n\r\n{}";
    reply.into_bytes()
}

/// A compressed block is made once and repeated: a full flush forgets the window, so blocks may
/// follow each other. Any size is ready at once, without compressing that much.
fn gzip_bomb(decompressed: u64) -> Vec<u8> {
    let block = vec![b'a'; 1 << 20];
    let blocks = decompressed.div_ceil(block.len() as u64).max(1);
    let mut crc = Crc::new();
    crc.update(JSON_START.as_bytes());
    let mut block_crc = Crc::new();
    block_crc.update(&block);
    let packed = deflate_block(&block);
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    gzip.extend(deflate_block(JSON_START.as_bytes()));
    for _ in 0..blocks {
        gzip.extend_from_slice(&packed);
        crc.combine(&block_crc);
    }
    // An empty last block.
    gzip.extend([0x03, 0x00]);
    gzip.extend(crc.sum().to_le_bytes());
    gzip.extend(crc.amount().to_le_bytes());
    let length = gzip.len();
    let head = format!("{JSON_HEAD}Content-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n");
    [head.into_bytes(), gzip].concat()
}

fn deflate_block(data: &[u8]) -> Vec<u8> {
    let mut compressor = flate2::Compress::new(Compression::best(), false);
    let mut packed = Vec::with_capacity(data.len() / 100 + 1_024);
    let status = compressor.compress_vec(data, &mut packed, FlushCompress::Full);
    let whole = matches!(status, Ok(Status::Ok)) && compressor.total_in() == data.len() as u64;
    assert!(whole, "one block fits the buffer");
    packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn the_gzip_bomb_is_valid_gzip_of_the_size_it_says() {
        let reply = gzip_bomb(4 << 20);
        let text = String::from_utf8_lossy(&reply);
        let body = text.find("\r\n\r\n").map(|at| &reply[at + 4..]);
        let body = body.expect("there is a body");
        assert!(body.len() < 20_000, "{}", body.len());
        let mut unpacked = String::new();
        let mut decoder = flate2::read::GzDecoder::new(body);
        decoder.read_to_string(&mut unpacked).expect("the checksum is right");
        assert!(unpacked.starts_with(JSON_START));
        assert_eq!(unpacked.len(), JSON_START.len() + (4 << 20));
    }
}
