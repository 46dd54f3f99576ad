//! Pages of a list: opaque tokens that belong to one list.

use crate::call::Call;
use crate::reply::Refusal;
use crate::secrets;
use crate::state::Scene;
use std::collections::HashMap;
use std::ops::Range;

/// The documented bounds of `max_result`.
const BOUNDS: std::ops::RangeInclusive<usize> = 1..=100;

/// Which part of which list is asked for.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// The list, in any words that no other list has.
    pub list: String,
    pub token: Option<&'a str>,
    pub size: usize,
}

/// The places where page tokens continue.
#[derive(Debug, Default)]
pub(crate) struct Marks(HashMap<String, Mark>);

#[derive(Debug)]
struct Mark {
    list: String,
    offset: usize,
}

impl Marks {
    /// The page that is wanted of `total` items, and the token of the next one, made by `mint`. Nothing if the token
    /// is not one of this list's.
    ///
    /// A token may be sent again, so that a client can repeat a page whose reply it lost.
    pub(crate) fn page(
        &mut self,
        wanted: Wanted<'_>,
        total: usize,
        mint: fn() -> String,
    ) -> Option<(Range<usize>, Option<String>)> {
        let offset = match wanted.token {
            None => 0,
            Some(token) => self.0.get(token).filter(|mark| mark.list == wanted.list)?.offset,
        };
        // The list may have become shorter.
        let start = offset.min(total);
        let end = total.min(offset + wanted.size);
        let next = (end < total).then(|| {
            let token = mint();
            self.0.insert(token.clone(), Mark { list: wanted.list, offset: end });
            token
        });
        Some((start..end, next))
    }
}

/// The page of `total` items that a call of the portal asks for. Its tokens belong to a session, too.
pub(crate) fn of_portal(
    scene: &mut Scene<'_>,
    call: &Call,
    session: usize,
    total: usize,
) -> Result<(Range<usize>, Option<String>), Refusal> {
    let wanted = Wanted {
        list: format!("{session} {}/{:?}", call.path, call.query_value("account_id")),
        token: call.query_value("next_token"),
        size: page_size(call, scene.settings.page_size)?,
    };
    let page = scene.state.page_marks.page(wanted, total, secrets::page_token);
    page.ok_or_else(|| Refusal::invalid_request("next_token is not valid"))
}

fn page_size(call: &Call, server_maximum: usize) -> Result<usize, Refusal> {
    let Some(asked) = call.query_value("max_result") else {
        return Ok(server_maximum);
    };
    let number = asked.parse().ok().filter(|number| BOUNDS.contains(number));
    let number = number.ok_or_else(|| Refusal::invalid_request("max_result must be 1 to 100"))?;
    Ok(server_maximum.min(number))
}
