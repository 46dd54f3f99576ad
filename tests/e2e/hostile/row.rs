//! A row of the table: what a server does, and what has to come of it.

use sso_sim::Behaviour;

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The row of the catalogue that it is a case of.
    pub(super) id: &'static str,
    pub(super) what: String,
    /// What the server does when the call comes.
    pub(super) does: Behaviour,
    /// The exit code.
    pub(super) code: i32,
    /// What stderr has to say.
    pub(super) says: Vec<String>,
    /// What stdout has to say. If nothing, it has to be empty, unless the command has parts of an answer.
    pub(super) prints: Vec<String>,
    /// What must not be on either.
    pub(super) never: Vec<String>,
    /// The answer is a good one: it may be saved.
    pub(super) saves: bool,
    /// The cache file that is written, and how many hours its content lives at most.
    pub(super) ends: Option<(&'static str, i64)>,
    /// How often the call may be made.
    pub(super) asked: Option<usize>,
}

impl Row {
    /// A row that has to say nothing in particular.
    pub(super) fn new(id: &'static str, what: impl Into<String>, does: Behaviour, code: i32) -> Self {
        let (says, prints, never) = (Vec::new(), Vec::new(), Vec::new());
        Self { id, what: what.into(), does, code, says, prints, never, saves: false, ends: None, asked: None }
    }

    /// Whether what is printed may be as large as what has come.
    pub(super) fn is_large(&self) -> bool {
        self.id == "D7" && self.code == 0
    }

    /// A text on stderr.
    pub(super) fn says(mut self, text: impl Into<String>) -> Self {
        self.says.push(text.into());
        self
    }

    /// A text on stdout.
    pub(super) fn prints(mut self, text: impl Into<String>) -> Self {
        self.prints.push(text.into());
        self
    }

    /// A text that must be nowhere.
    pub(super) fn never(mut self, text: impl Into<String>) -> Self {
        self.never.push(text.into());
        self
    }

    /// What is written to this cache file lives so many hours at most.
    pub(super) fn ends(self, file: &'static str, hours: i64) -> Self {
        Self { ends: Some((file, hours)), ..self }
    }

    /// The call is made so often.
    pub(super) fn asked(self, times: usize) -> Self {
        Self { asked: Some(times), ..self }
    }

    /// What comes may be kept.
    pub(super) fn saves(self) -> Self {
        Self { saves: true, ..self }
    }
}

/// A whole reply of any type.
pub(super) fn reply(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Behaviour {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status} Status\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    Behaviour::Reply([head.as_bytes(), body].concat())
}

/// A reply of 200 with this JSON.
pub(super) fn json(body: &serde_json::Value) -> Behaviour {
    reply(200, "application/json", body.to_string())
}
