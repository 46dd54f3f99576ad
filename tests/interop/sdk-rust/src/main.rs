//! The AWS SDK for Rust as a client of ours: `read KEY...` prints what it reads in the config, `who [SECONDS]` who it is.

mod read;
mod who;

fn main() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let told = match words.next().as_deref() {
        Some("read") => Ok(runtime.block_on(read::read(words.collect()))),
        Some("who") => {
            let seconds = words.next().map_or(Ok(0.0), |text| text.parse());
            runtime.block_on(who::who(seconds.map_err(|_| "usage: who [SECONDS]")?))
        }
        _ => Err("usage: read KEY... | who [SECONDS]".to_owned()),
    };
    println!("{}", told?);
    Ok(())
}
