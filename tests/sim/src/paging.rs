//! Pages of a list: opaque tokens that belong to one list and one session.

use crate::call::Call;
use crate::reply::Refusal;
use crate::secrets;
use crate::state::{PageMark, Scene};

/// The documented bounds of `max_result`.
const BOUNDS: std::ops::RangeInclusive<usize> = 1..=100;

/// Cuts the page that `call` asks for out of `items`, and mints the token of the next one.
///
/// A token may be sent again, so that a client can repeat a page whose reply it lost.
pub(crate) fn page<T>(
    scene: &mut Scene<'_>,
    call: &Call,
    session: usize,
    items: Vec<T>,
) -> Result<(Vec<T>, Option<String>), Refusal> {
    let size = page_size(call, scene.settings.page_size)?;
    let list = format!("{}/{:?}", call.path, call.query_value("account_id"));
    let offset = match call.query_value("next_token") {
        None => 0,
        Some(token) => {
            let mark = scene.state.page_marks.get(token);
            let ours = mark.filter(|mark| mark.list == list && mark.session == session);
            ours.ok_or_else(|| Refusal::invalid_request("next_token is not valid"))?.offset
        }
    };
    let more = items.len() > offset + size;
    let next = more.then(|| {
        let token = secrets::page_token();
        let mark = PageMark { list, session, offset: offset + size };
        scene.state.page_marks.insert(token.clone(), mark);
        token
    });
    Ok((items.into_iter().skip(offset).take(size).collect(), next))
}

fn page_size(call: &Call, server_maximum: usize) -> Result<usize, Refusal> {
    let Some(asked) = call.query_value("max_result") else {
        return Ok(server_maximum);
    };
    let number = asked.parse().ok().filter(|number| BOUNDS.contains(number));
    let number = number.ok_or_else(|| Refusal::invalid_request("max_result must be 1 to 100"))?;
    Ok(server_maximum.min(number))
}
