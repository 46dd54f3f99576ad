//! Calls signed by hand, in the form of STS or in AWS JSON.

use crate::client::{Reply, portal, send, sign_in};
use serde_json::Value;
use sso_sim::Sim;
use sso_sim::sigv4::{Authorization, SignedRequest};

pub(crate) const FORM: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// A call to be signed; each test spoils one thing.
#[derive(Clone)]
pub(crate) struct Signer {
    pub key_id: String,
    pub secret: String,
    pub session_token: Option<String>,
    pub region: String,
    pub service: String,
    pub skew: i64,
    pub signed: Vec<String>,
    pub content_type: &'static str,
    pub target: Option<String>,
    pub body: String,
    /// What is sent, if it is not what was signed.
    pub sent: Option<&'static str>,
}

impl Signer {
    /// `GetCallerIdentity`, with keys of a user.
    pub(crate) fn for_keys((key_id, secret): (String, String)) -> Self {
        Self {
            key_id,
            secret,
            session_token: None,
            region: "us-east-1".into(),
            service: "sts".into(),
            skew: 0,
            signed: ["content-type", "host", "x-amz-date"].map(str::to_owned).into(),
            content_type: "application/x-www-form-urlencoded; charset=utf-8",
            target: None,
            body: FORM.into(),
            sent: None,
        }
    }

    /// `GetCallerIdentity`, with credentials of the role Admin.
    pub(crate) fn for_role(sim: &Sim) -> Self {
        let token = sign_in(sim).1.text("accessToken");
        let target = "/federation/credentials?role_name=Admin&account_id=111122223333";
        let body = portal(sim, &token, target).json();
        let text = |name: &str| body["roleCredentials"][name].as_str().expect("text").to_owned();
        let keys = Self::for_keys((text("accessKeyId"), text("secretAccessKey")));
        keys.with_token(&text("sessionToken"))
    }

    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.session_token = Some(token.into());
        self.signed.push("x-amz-security-token".into());
        self
    }

    /// The same keys for a call in AWS JSON, by the last part of its target.
    pub(crate) fn json(&self, operation: &str, body: &Value) -> Self {
        let (prefix, service) = match operation {
            "DescribeUser" | "DescribeGroup" => ("AWSIdentityStore", "identitystore"),
            "ListAccounts" => ("AWSOrganizationsV20161128", "organizations"),
            _ => ("SWBExternalService", "sso"),
        };
        let mut signer = self.clone();
        signer.target = Some(format!("{prefix}.{operation}"));
        signer.service = service.into();
        signer.content_type = "application/x-amz-json-1.1";
        signer.signed.push("x-amz-target".into());
        signer.body = body.to_string();
        signer
    }

    pub(crate) fn call(&self, sim: &Sim) -> Reply {
        let amz_date = amz_date(sim.clock().now() + self.skew);
        let mut headers = vec![
            ("content-type".to_owned(), self.content_type.to_owned()),
            ("host".to_owned(), sim.address().to_string()),
            ("x-amz-date".to_owned(), amz_date.clone()),
        ];
        let token = self.session_token.clone().map(|token| ("x-amz-security-token".to_owned(), token));
        let target = self.target.clone().map(|target| ("x-amz-target".to_owned(), target));
        headers.extend(token.into_iter().chain(target));
        let request = SignedRequest {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body: self.body.as_bytes(),
        };
        let authorization = self.authorization(&request, &amz_date);
        let mut sent: Vec<(&str, &str)> = headers
            .iter()
            .filter(|(name, _)| name != "host")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        sent.push(("authorization", &authorization));
        sent.push(("user-agent", "it"));
        send(sim.address(), "POST", "/", &sent, self.sent.unwrap_or(&self.body))
    }

    fn authorization(&self, request: &SignedRequest<'_>, amz_date: &str) -> String {
        let unsigned = Authorization {
            key_id: self.key_id.clone(),
            date: amz_date.split('T').next().unwrap_or_default().into(),
            region: self.region.clone(),
            service: self.service.clone(),
            signed_headers: self.signed.clone(),
            signature: String::new(),
        };
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{}/{}/{}/aws4_request, SignedHeaders={}, Signature={}",
            self.key_id,
            unsigned.date,
            self.region,
            self.service,
            self.signed.join(";"),
            unsigned.expected(request, amz_date, &self.secret)
        )
    }
}

fn amz_date(epoch: i64) -> String {
    let at = jiff::Timestamp::from_second(epoch).expect("in range");
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
