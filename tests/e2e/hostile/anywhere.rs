//! What any server can do in the place of any answer, and how the commands take it.

use super::row::{Row, reply};
use sso_sim::{Behaviour, RawServer};

/// How a command takes an answer that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// It fails.
    Oidc,
    /// It fails, and what was sent is not sent again.
    Once,
    /// It polls on if the network may be at fault.
    Poll,
    /// The session could not be renewed.
    Renewal,
    /// It fails.
    Portal,
    /// The rest of the answer is given, and what is missing is told.
    PortalParts,
    /// It fails; XML was expected.
    Sts,
    /// It fails; the service tells by the status alone why it refuses.
    Console,
    /// It fails.
    Admin,
    /// As [`Takes::PortalParts`].
    AdminParts,
    /// Names are not needed.
    Courtesy,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// It does not end.
    Large,
    /// The connection does.
    Broken,
    /// It is not the JSON, or not the XML, that was expected: how the one and how the other is told.
    Other(&'static str, &'static str),
    /// A page of a gateway, under this status.
    Gateway(u16),
    /// It leads elsewhere, with this status.
    Elsewhere(u16),
}

impl Wrong {
    /// The exit code, and what is said.
    fn comes_to(self, takes: Takes) -> (i32, Vec<String>) {
        let not_understood =
            |why: String| (6, vec!["gave a reply that cannot be understood".to_owned(), why]);
        let with = |status: u16, why: &str| not_understood(format!(" answered {status} with {why}"));
        let one = |code: i32, text: &str| (code, vec![text.to_owned()]);
        let part = |why: String| (6, vec![" could not be read: ".to_owned(), why]);
        match (self, takes) {
            (_, Takes::Courtesy) => one(0, "2 users or groups are shown without names: "),
            (Self::Broken | Self::Gateway(502), Takes::Poll) => {
                one(9, "Nobody approved the sign-in within 1 s.")
            }
            (Self::Large, Takes::PortalParts | Takes::AdminParts) => part(" is larger than ".into()),
            (Self::Large, _) => one(6, " is too large to be real"),
            (Self::Broken, Takes::PortalParts | Takes::AdminParts) => part("the connection to ".into()),
            (Self::Broken, _) => one(6, " broke"),
            (Self::Other(_, xml), Takes::Sts) => with(200, xml),
            (Self::Other(json, _), Takes::PortalParts | Takes::AdminParts) => {
                part(format!(" answered 200 with {json}"))
            }
            (Self::Other(json, _), _) => with(200, json),
            (Self::Gateway(status), Takes::Sts) => with(status, "HTML instead of XML"),
            (Self::Gateway(502), Takes::Console) => one(6, "The console's sign-in service is not available."),
            (Self::Gateway(_), Takes::Console) => one(1, "The console does not take the role's credentials."),
            (Self::Gateway(502), Takes::PortalParts) => part(" answered 502 HTTP 502".into()),
            (Self::Gateway(502), Takes::Oidc | Takes::Once | Takes::Renewal | Takes::Portal) => {
                (6, vec!["The service is at fault".to_owned(), " answered 502 HTTP 502".to_owned()])
            }
            (Self::Gateway(status), Takes::PortalParts | Takes::AdminParts) => {
                part(format!(" answered {status} with no error code"))
            }
            (Self::Gateway(status), _) => with(status, "no error code"),
            (Self::Elsewhere(status), Takes::Sts) => with(status, "an empty body"),
            (Self::Elsewhere(status), Takes::Console) => with(status, "an unexpected status"),
            (Self::Elsewhere(status), Takes::PortalParts | Takes::AdminParts) => {
                part(format!(" answered {status} with no error code"))
            }
            (Self::Elsewhere(status), _) => with(status, "no error code"),
        }
    }
}

/// What comes of a reply of 200 that is not what the service documents: the exit code, and what is said.
pub(super) fn not_documented(takes: Takes, why: &'static str) -> (i32, Vec<String>) {
    Wrong::Other(why, why).comes_to(takes)
}

/// The rows for a call that is taken so. `elsewhere` is where redirects lead.
pub(super) fn rows(takes: Takes, elsewhere: &RawServer) -> Vec<Row> {
    const LISTS: Wrong = Wrong::Other("a field of the wrong type", "something that is not the XML of STS");
    const PAGE: Wrong = Wrong::Other("HTML instead of JSON", "HTML instead of XML");
    const JUNK: Wrong = Wrong::Other("something that is not JSON", "something that is not the XML of STS");
    const BYTES: Wrong = Wrong::Other("something that is not JSON", "something that is not XML");
    const NOTHING: Wrong = Wrong::Other("an empty body", "an empty body");
    const ELEMENTS: Wrong = Wrong::Other("HTML instead of JSON", "something that is not the XML of STS");
    let page = "<!doctype html><title>CANARY</title><h1>Please sign in to the network</h1>";
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 536870912\r\n\r\n{\"CANARY\":\"".to_vec();
    let of = |body: &[u8]| reply(200, "application/json", body);
    let utf16: Vec<u8> = "\u{feff}{\"CANARY\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let to = |status| Behaviour::RedirectTo { status, location: format!("{}/CANARY", elsewhere.url()) };
    let table = [
        ("D7", "512 MB without a length", Behaviour::Huge { total: 512 << 20 }, Wrong::Large),
        ("D7", "512 MB with a length", Behaviour::Reply(announced), Wrong::Large),
        ("D7", "chunks without end", Behaviour::EndlessChunks, Wrong::Large),
        // Nobody has asked for an encoding, so what would unpack is no answer.
        ("D7", "a gzip bomb of 512 MB", Behaviour::GzipBomb { decompressed: 512 << 20 }, BYTES),
        ("D7", "a gzip bomb of 4 GB", Behaviour::GzipBomb { decompressed: 4 << 30 }, Wrong::Large),
        ("D7", "40 KB of headers", Behaviour::HugeHeaders(40_000), Wrong::Large),
        ("D7", "1 MB of headers", Behaviour::HugeHeaders(1 << 20), Wrong::Broken),
        ("D8", "200,000 lists in each other", Behaviour::Deep(200_000), LISTS),
        ("D8", "200,000 objects in each other", of("{\"a\":".repeat(200_000).as_bytes()), JUNK),
        ("D8", "200,000 elements in each other", of("<a>".repeat(200_000).as_bytes()), ELEMENTS),
        ("D11", "cut in the middle", Behaviour::CutAfter(100), Wrong::Broken),
        ("D11", "a reset", Behaviour::Reset, Wrong::Broken),
        ("D11", "the end at once", Behaviour::Reply(Vec::new()), Wrong::Broken),
        ("D11", "an empty body", of(b""), NOTHING),
        ("D11", "a page", reply(200, "text/html", page), PAGE),
        ("D11", "a page under 403", reply(403, "text/html", page), Wrong::Gateway(403)),
        ("D11", "a page under 502", reply(502, "text/html", page), Wrong::Gateway(502)),
        ("D5", "302 to another host", to(302), Wrong::Elsewhere(302)),
        ("D5", "307 to another host", to(307), Wrong::Elsewhere(307)),
        ("D5", "308 to another host", to(308), Wrong::Elsewhere(308)),
        ("D11", "a list", of(b"[\"CANARY\"]"), LISTS),
        ("D11", "null", of(b"null"), LISTS),
        ("D11", "half a document", of(b"{\"CANARY\":"), JUNK),
        ("D11", "a byte order mark", of("\u{feff}{\"CANARY\":1}".as_bytes()), JUNK),
        ("D11", "UTF-16", of(&utf16), BYTES),
        ("D11", "bytes that are no UTF-8", of(b"{\"CANARY\xff\":1}"), BYTES),
        ("D11", "NUL bytes", of(&[0; 16]), JUNK),
    ];
    let row = |(id, what, does, wrong): (&'static str, &str, Behaviour, Wrong)| {
        let (code, says) = wrong.comes_to(takes);
        Row { says, ..Row::new(id, what, does, code) }
    };
    table.into_iter().map(row).collect()
}
