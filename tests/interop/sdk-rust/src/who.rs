//! Who the SDK is to AWS by its default chain, asked for so many seconds again and again.

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials as _;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub async fn who(seconds: f64) -> Result<Value, String> {
    // The simulated AWS speaks plain http, so no TLS is built.
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    let client = aws_sdk_sts::Client::new(&config);
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let mut count = 0;
    let who = loop {
        let asked = client.get_caller_identity().send().await;
        let who = asked.map_err(|error| format!("{}", aws_sdk_sts::error::DisplayErrorContext(error)))?;
        count += 1;
        if Instant::now() >= until {
            break who;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let provider = config.credentials_provider().ok_or("no provider")?;
    let credentials = provider.provide_credentials().await.map_err(|error| error.to_string())?;
    Ok(json!({
        "client": "rust",
        "arn": who.arn(),
        "count": count,
        "key": credentials.access_key_id(),
        "region": config.region().map(ToString::to_string),
    }))
}
