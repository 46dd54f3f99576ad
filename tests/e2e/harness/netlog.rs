//! What a Chromium did on the network, by its own log (`--log-net-log`), favicons and connections in advance included.

use serde_json::Value;
use std::path::Path;

/// Everything, in order.
#[derive(Debug)]
pub(crate) struct Traffic {
    /// Addresses that were asked for.
    pub(crate) requests: Vec<String>,
    /// `HOST:PORT` of every connection that was tried.
    pub(crate) connections: Vec<String>,
}

impl Traffic {
    /// The requests to a place, as it stands in addresses, without their queries.
    pub(crate) fn to(&self, authority: &str) -> Vec<&str> {
        let start = format!("http://{authority}/");
        let ours = self.requests.iter().filter_map(|url| url.strip_prefix(&start));
        ours.map(|rest| rest.split_once('?').map_or(rest, |(path, _)| path)).collect()
    }

    /// How many connections there were to a place.
    pub(crate) fn connections_to(&self, authority: &str) -> usize {
        self.connections.iter().filter(|address| *address == authority).count()
    }
}

/// Reads the log of a browser that has ended.
pub(super) fn read(log: &Path) -> Traffic {
    let bytes = std::fs::read(log).expect("the browser has a log");
    let log: Value = serde_json::from_slice(&bytes).expect("it is JSON");
    let of = |name: &str, parameter: &str| -> Vec<String> {
        let number = &log["constants"]["logEventTypes"][name];
        assert!(number.is_i64(), "this Chromium logs no {name}");
        let events = log["events"].as_array().into_iter().flatten();
        let values = events.filter(|event| event["type"] == *number);
        values.filter_map(|event| event["params"][parameter].as_str()).map(str::to_owned).collect()
    };
    Traffic {
        requests: of("URL_REQUEST_START_JOB", "url"),
        connections: of("TCP_CONNECT_ATTEMPT", "address"),
    }
}
