//! Allowing or denying what an app asks for.

use maud::{Markup, html};

use crate::people::Person;

/// What the page says.
#[derive(Debug)]
pub struct Consent<'a> {
    /// Who wants access.
    pub app_name: &'a str,
    /// Where to.
    pub provider_name: &'a str,
    /// Who is asked.
    pub person: Person,
    /// What for: the scope and what it means.
    pub scopes: &'a [(String, String)],
}

/// The page's content; its form posts `decision=allow` or `decision=deny` to the page's own URL.
pub fn view(consent: &Consent) -> Markup {
    html! {
        h1 { (consent.app_name) " wants access to your " (consent.provider_name) " account" }
        p.lead.signed-in {
            span.avatar.small aria-hidden="true" { (consent.person.initials()) }
            span { "Signed in as " strong { (consent.person.email) } }
        }
        @if consent.scopes.is_empty() {
            p { "It will be able to see who you are. It asks for nothing else." }
        } @else {
            h2 id="scopes" { "It will be able to" }
            ul.scopes aria-labelledby="scopes" {
                @for (scope, meaning) in consent.scopes {
                    li { span { (meaning) } code { (scope) } }
                }
            }
        }
        form.actions method="post" {
            button.primary name="decision" value="allow" { "Allow" }
            button name="decision" value="deny" { "Deny" }
        }
    }
}

/// What the form posts.
#[derive(Debug, serde::Deserialize)]
pub struct ConsentForm {
    decision: String,
}

impl ConsentForm {
    /// Was it allowed? Anything but `allow` is a no.
    pub fn allowed(&self) -> bool {
        self.decision == "allow"
    }
}

/// A scope and what it means to a person, for scopes that say little by themselves.
pub fn described(scopes: &[String]) -> Vec<(String, String)> {
    scopes
        .iter()
        .map(|scope| (scope.clone(), meaning(scope)))
        .collect()
}

fn meaning(scope: &str) -> String {
    let known = match scope {
        "openid" => "Know who you are",
        "email" | "user:email" => "See your email address",
        "profile" | "read:user" | "users:read" => "See your name and picture",
        "offline_access" => "Keep access while you are away",
        "calendar.readonly" => "See your calendar",
        "channels:read" => "See the channels you are in",
        "chat:write" => "Send messages for you",
        "repo" => "Read and write your repositories",
        "read_content" => "Read the pages you choose",
        "crm.objects.contacts.read" => "Read your contacts",
        "read" => "Read your data",
        "write" => "Change your data",
        _ => return format!("Use “{scope}”"),
    };
    known.to_owned()
}
