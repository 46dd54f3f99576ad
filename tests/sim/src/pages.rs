//! The HTML pages a person sees: sign-in, device code, answers. No outside resources, no script.

use crate::state::Decision;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1.5rem;display:grid;place-items:center;\
min-height:calc(100vh - 3rem);background:Canvas;color:CanvasText}\
main{width:100%;max-width:26rem;box-sizing:border-box;padding:1.5rem;border:1px solid #8886;\
border-radius:12px;overflow-wrap:anywhere}\
h1{font-size:1.25rem;margin:0 0 .75rem}\
p,ul{margin:.5rem 0}ul{padding-left:1.25rem}\
code,input{font-family:ui-monospace,monospace}\
.code{font-size:1.5rem;letter-spacing:.12em}\
form{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}\
input{flex:1 1 100%;font-size:1.1rem;padding:.5rem;box-sizing:border-box;min-width:0}\
button{flex:1 1 8rem;font:inherit;padding:.6rem 1rem;border-radius:8px;border:1px solid #8888;\
background:transparent;color:inherit;cursor:pointer}\
button.go{background:#0b5cad;border-color:#0b5cad;color:#fff}\
small{opacity:.75}";

/// The sign-in page: who asks, for what, and two buttons.
pub(crate) fn sign_in(client: &str, user: &str, scopes: &[String], ticket: &str) -> String {
    let scopes: String =
        scopes.iter().map(|scope| format!("<li><code>{}</code></li>", escape(scope))).collect();
    let body = format!(
        "<h1>Allow access?</h1><p><strong>{}</strong> asks to act for {} with:</p>\
         <ul>{scopes}</ul>{}",
        escape(client),
        escape(user),
        buttons("/authorize/decision", ticket)
    );
    page("Sign in", &body)
}

/// The device page before a code was given.
pub(crate) fn enter_code() -> String {
    page(
        "Authorize a device",
        "<h1>Authorize a device</h1><p>Type the code that your device shows.</p>\
         <form method=\"get\" action=\"/device\">\
         <input name=\"user_code\" aria-label=\"Code\" autocomplete=\"off\" autofocus required>\
         <button class=\"go\">Next</button></form>",
    )
}

/// The device page with a code: two buttons.
pub(crate) fn approve_device(client: &str, user_code: &str, ticket: &str) -> String {
    let body = format!(
        "<h1>Allow this device?</h1><p><strong>{}</strong> shows the code</p>\
         <p class=\"code\"><code>{}</code></p>\
         <p>Approve only if you started this, here and now.</p>{}",
        escape(client),
        escape(user_code),
        buttons("/device/decision", ticket)
    );
    page("Authorize a device", &body)
}

/// After the click on a device page.
pub(crate) fn device_answered(decision: Decision) -> String {
    match decision {
        Decision::Approved => page("Approved", "<h1>Approved</h1><p>Go back to your device.</p>"),
        _ => page("Denied", "<h1>Denied</h1><p>The device gets no access.</p>"),
    }
}

/// The sign-in page of somebody who walked away.
pub(crate) fn waiting() -> String {
    page("Sign in", "<h1>Sign in</h1><p>Waiting for your identity provider…</p>")
}

/// The console.
pub(crate) fn console(account: &str, role: &str, destination: &str) -> String {
    let body = format!(
        "<h1>Console</h1><p>{}/{}</p><p><code>{}</code></p>",
        escape(account),
        escape(role),
        escape(destination)
    );
    page("Console", &body)
}

/// An error page.
pub(crate) fn refused(message: &str) -> String {
    let body = format!("<h1>This did not work</h1><p>{}</p>", escape(message));
    page("Error", &body)
}

/// Makes text safe in HTML and XML, in elements and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
        safe
    })
}

fn buttons(action: &str, ticket: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{action}\">\
         <input type=\"hidden\" name=\"ticket\" value=\"{}\">\
         <button class=\"go\" name=\"decision\" value=\"approve\">Approve</button>\
         <button name=\"decision\" value=\"deny\">Deny</button></form>",
        escape(ticket)
    )
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head>\
         <body><main>{body}<p><small>Simulated AWS. Nothing here is real.</small></p></main></body>\
         </html>\n"
    )
}
