//! Which hosts answer for a region: `cargo run -p sso-core --example endpoints -- us-gov-west-1 [--fips] [--dual-stack]`
#![allow(clippy::disallowed_macros, clippy::print_stdout, reason = "an example is a program, it prints")]

use sso_core::{EndpointOptions, EndpointUrl, Region, Service};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut region, mut options) = (None, EndpointOptions::default());
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--fips" => options.fips = true,
            "--dual-stack" => options.dual_stack = true,
            // What has not the form of a region never becomes part of a host name.
            text => region = Some(Region::parse(text)?),
        }
    }
    let region = region.ok_or("usage: endpoints REGION [--fips] [--dual-stack]")?;
    for service in [Service::SsoOidc, Service::Sso, Service::Sts] {
        let endpoint = EndpointUrl::of(service, &region, options).ok_or("there is no such endpoint")?;
        println!("{:<8} {endpoint}", service.config_name());
    }
    Ok(())
}
