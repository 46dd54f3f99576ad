//! AWS Signature Version 4, by hand, so that the product's signer is checked by other code.
//!
//! The rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is signed. Header names are in lower case.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The path as sent.
    pub path: &'a str,
    /// The query as sent, without `?`.
    pub query: &'a str,
    /// All headers; `Authorization::signed_headers` says which of them count.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

/// An `Authorization` header, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The access key id.
    pub key_id: String,
    /// The day, `YYYYMMDD`.
    pub date: String,
    /// The region of the scope.
    pub region: String,
    /// The service of the scope.
    pub service: String,
    /// Names of the signed headers, in the order given.
    pub signed_headers: Vec<String>,
    /// The signature, in lower-case hex.
    pub signature: String,
}

impl Authorization {
    /// Reads a header; nothing if it is not SigV4 or lacks a part.
    pub fn parse(header: &str) -> Option<Self> {
        let rest = header.strip_prefix(ALGORITHM)?;
        let part = |name: &str| {
            let mut parts = rest.split(',').map(str::trim);
            parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        };
        let scope: Vec<&str> = part("Credential")?.split('/').collect();
        let [key_id, date, region, service, "aws4_request"] = scope[..] else {
            return None;
        };
        Some(Self {
            key_id: key_id.into(),
            date: date.into(),
            region: region.into(),
            service: service.into(),
            signed_headers: part("SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: part("Signature")?.into(),
        })
    }

    /// The signature that `request` should carry, if `secret` is the key's.
    pub fn expected(&self, request: &SignedRequest<'_>, amz_date: &str, secret: &str) -> String {
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let canonical = canonical_request(request, &self.signed_headers);
        let digest = hex(&Sha256::digest(canonical));
        let to_sign = format!("{ALGORITHM}\n{amz_date}\n{scope}\n{digest}");
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [&self.date, &self.region, &self.service, "aws4_request"] {
            key = hmac(&key, part);
        }
        hex(&hmac(&key, &to_sign))
    }
}

fn canonical_request(request: &SignedRequest<'_>, signed_headers: &[String]) -> String {
    let mut text = format!("{}\n{}\n{}\n", request.method, request.path, canonical_query(request.query));
    for name in signed_headers {
        let values = request.headers.iter().filter(|(header, _)| header == name);
        let values: Vec<String> = values.map(|(_, value)| squeeze(value)).collect();
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    let _ = write!(text, "\n{}\n{}", signed_headers.join(";"), hex(&Sha256::digest(request.body)));
    text
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (recode(name), recode(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn recode(text: &str) -> String {
    let plain = percent_decode_str(text).decode_utf8_lossy();
    utf8_percent_encode(&plain, UNRESERVED).to_string()
}

/// Trims a header value and makes one space of many.
fn squeeze(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The `ListUsers` example of the AWS documentation.
    #[test]
    fn agrees_with_the_documented_example() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
            SignedHeaders=content-type;host;x-amz-date, \
            Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        let headers = [
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("host", "iam.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = SignedRequest {
            method: "GET",
            path: "/",
            query: "Version=2010-05-08&Action=ListUsers",
            headers: &headers,
            body: b"",
        };
        let authorization = Authorization::parse(header).expect("the header is well formed");
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let expected = authorization.expected(&request, "20150830T123600Z", secret);
        assert_eq!(expected, authorization.signature);
    }

    #[test]
    fn a_header_that_lacks_a_part_is_refused() {
        for bad in [
            "",
            "Bearer x",
            "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam, SignedHeaders=host, Signature=0",
            "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, Signature=0",
            "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, SignedHeaders=host",
        ] {
            assert_eq!(Authorization::parse(bad), None, "{bad}");
        }
    }
}
