//! Signs in with a store and a flow of one's own. Against `cargo run -p sso-sim -- --device auto`, which says its address:
//! `cargo run -p sso-oidc --example own_login -- https://corp.awsapps.com/start us-east-1 http://127.0.0.1:PORT`
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::print_stdout, reason = "a program")]

use sso_core::{EndpointUrl, Lookup, Region, StartUrl, StoreError, Timestamp, TokenKey, TokenSet};
use sso_core::{TokenStore, TokenTxn};
use sso_http::{HttpClient, HttpSettings};
use sso_oidc::{AuthFlow, Authorization, Authorizing, Engine, FlowContext, FlowEvent, FlowId, Grant};
use sso_oidc::{HostFacts, LoginRequest, OidcClient, Services};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Keeps one token in memory. A mutex is the lock, and its guard the transaction.
#[derive(Default)]
struct Memory(Arc<Mutex<Option<TokenSet>>>);

impl TokenStore for Memory {
    fn load(&self, _: &TokenKey) -> Result<Lookup<TokenSet>, StoreError> {
        Ok(self.0.try_lock().ok().and_then(|token| token.clone()).into())
    }
    fn try_begin(&self, _: &TokenKey) -> Result<Option<Box<dyn TokenTxn>>, StoreError> {
        Ok(Arc::clone(&self.0).try_lock_owned().ok().map(|guard| Box::new(guard) as _))
    }
}

/// Asks in a chat. The engine waits for the answer, exchanges it and saves the token.
struct Chat;

impl AuthFlow for Chat {
    fn id(&self) -> FlowId {
        FlowId::Other("chat")
    }
    fn authorize<'a>(&'a self, mut context: FlowContext<'a>, request: &'a LoginRequest) -> Authorizing<'a> {
        Box::pin(async move {
            let (client, device) = context.device_authorization(request).await?;
            println!("chat: approve {:?} at {:?}", device.user_code, device.verification_uri);
            Ok(Authorization { grant: Grant::DeviceCode(device), client })
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [start_url, region, endpoint] = arguments.as_slice() else {
        return Err("usage: own_login START_URL REGION OIDC_ENDPOINT".into());
    };
    let clock = Arc::new(Timestamp::now);
    let http = HttpClient::new(&HttpSettings::new("my-tool/1.0"), clock.clone())?;
    let oidc = OidcClient::new(http, EndpointUrl::parse(endpoint)?);
    let (key, store) = (TokenKey::Session("corp".into()), Arc::new(Memory::default()));
    let request = LoginRequest::new(key.clone(), StartUrl::new(start_url), Region::parse(region)?);
    let services = Services::new(oidc, store.clone(), clock);
    let (engine, mut silent) = (Engine::new(vec![Box::new(Chat)]), |_: FlowEvent<'_>| {});
    engine.login(&request, &HostFacts::default(), &services, &mut silent).await?;
    let token = store.load(&key)?.found().ok_or("the token was not kept")?;
    println!("signed in until {}", token.expires_at);
    Ok(())
}
