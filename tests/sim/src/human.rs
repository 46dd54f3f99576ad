//! The person at the browser, as far as device codes go: `sim.human().approve("QXBZ-TRVK")`; or who was there before.

use crate::sessions;
use crate::sim::poll_until;
use crate::state::Decision;
use crate::world::{World, lock};
use std::time::Duration;

/// Answers device authorizations by hand. Use with [`crate::Device::Manual`].
#[derive(Debug)]
pub struct Human<'a> {
    world: &'a World,
}

impl<'a> Human<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self { world }
    }

    /// Approves.
    ///
    /// # Panics
    /// If no device shows this code; the same goes for the other verbs.
    pub fn approve(&self, user_code: &str) {
        self.decide(user_code, Decision::Approved);
    }

    /// Denies.
    pub fn deny(&self, user_code: &str) {
        self.decide(user_code, Decision::Denied);
    }

    /// Lets the device code run out now.
    pub fn expire(&self, user_code: &str) {
        let mut state = lock(&self.world.state);
        let grant = state.device_by_user_code(user_code);
        grant.expect("no device shows this code").expires_at = self.world.clock.now();
    }

    /// Has signed in with a tool that plays no part here; the access token that it got. For clients that are given one.
    pub fn signed_in_elsewhere(&self) -> String {
        self.world.act(sessions::elsewhere)
    }

    /// The codes that wait for an answer.
    pub fn pending(&self) -> Vec<String> {
        let (state, now) = (lock(&self.world.state), self.world.clock.now());
        let grants = state.devices.values();
        let waiting = grants.filter(|it| it.decision == Decision::Pending && now < it.expires_at);
        waiting.map(|grant| grant.user_code.clone()).collect()
    }

    /// Waits in real time until a device shows a code, and returns it.
    pub fn wait_for_code(&self, limit: Duration) -> Option<String> {
        poll_until(limit, || self.pending().pop())
    }

    fn decide(&self, user_code: &str, decision: Decision) {
        let mut state = lock(&self.world.state);
        let grant = state.device_by_user_code(user_code);
        grant.expect("no device shows this code").decision = decision;
    }
}
