//! Signing in at a provider: a button per test account, and a form.

use maud::{Markup, html};

use crate::people::{PEOPLE, Person};

/// What the page says.
#[derive(Debug)]
pub struct Login<'a> {
    /// The provider signed in to.
    pub provider_name: &'a str,
    /// Who wants access, e.g. the app's name.
    pub on_behalf_of: &'a str,
    /// What went wrong with the last attempt.
    pub error: Option<&'a str>,
    /// The email that was typed.
    pub email: &'a str,
    /// Does the page offer a way out?
    pub cancellable: bool,
}

/// The page's content; its forms post `account`, or `email` and `password`, or `cancel`, to the page's own URL.
pub fn view(login: &Login) -> Markup {
    html! {
        h1 { "Sign in to " (login.provider_name) }
        p.lead { "to continue to " strong { (login.on_behalf_of) } }
        form.accounts method="post" {
            ul.list aria-label="Test accounts" {
                @for person in PEOPLE {
                    li { (account_button(&person)) }
                }
            }
        }
        details.other open[login.error.is_some()] {
            summary { "Use email and password" }
            form.fields method="post" {
                @if let Some(error) = login.error {
                    p.alert role="alert" { (error) }
                }
                label for="email" { "Email" }
                input id="email" name="email" type="email" autocomplete="off" required value=(login.email);
                label for="password" { "Password" }
                input id="password" name="password" type="password" autocomplete="off" required
                    aria-describedby="password-hint" autofocus[login.error.is_some()];
                p.hint id="password-hint" { "The password of every test account is " code { "sandbox" } "." }
                button.primary type="submit" { "Sign in" }
            }
        }
        @if login.cancellable {
            form.actions method="post" {
                button.quiet name="cancel" value="1" { "Cancel" }
            }
        }
    }
}

fn account_button(person: &Person) -> Markup {
    html! {
        button.account name="account" value=(person.user) {
            span.avatar aria-hidden="true" { (person.initials()) }
            span.who {
                span.who-name { span.visually-hidden { "Continue as " } (person.name) }
                span.who-email { (person.email) }
            }
            @if person.suspended { span.tag { "suspended" } }
        }
    }
}

/// What the forms post.
#[derive(Debug, Default, serde::Deserialize)]
pub struct LoginForm {
    account: Option<String>,
    email: Option<String>,
    password: Option<String>,
    cancel: Option<String>,
}

/// What the user did.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// Signed in.
    SignedIn(Person),
    /// Typed something that signs nobody in.
    Wrong {
        /// The email typed.
        email: String,
    },
    /// Went away.
    Cancelled,
}

impl LoginForm {
    /// What the user did.
    pub fn answer(self) -> Answer {
        if self.cancel.is_some() {
            return Answer::Cancelled;
        }
        let email = self.email.unwrap_or_default();
        let password = self.password.unwrap_or_default();
        self.account
            .as_deref()
            .and_then(Person::find)
            .or_else(|| Person::sign_in(&email, &password))
            .map_or(Answer::Wrong { email }, Answer::SignedIn)
    }
}

/// What a wrong password is answered.
pub const WRONG_PASSWORD: &str =
    "That email and password match no test account. The password is “sandbox”.";

#[cfg(test)]
mod tests {
    use super::*;

    fn form(account: Option<&str>, email: &str, password: &str) -> Answer {
        LoginForm {
            account: account.map(str::to_owned),
            email: Some(email.to_owned()),
            password: Some(password.to_owned()),
            cancel: None,
        }
        .answer()
    }

    #[test]
    fn a_button_or_the_right_password_signs_in() {
        let bob = Person::find("bob").expect("bob exists");
        assert_eq!(form(Some("bob"), "", ""), Answer::SignedIn(bob));
        assert_eq!(
            form(None, " Bob@Example.com", "sandbox"),
            Answer::SignedIn(bob)
        );
    }

    #[test]
    fn anything_else_does_not() {
        let wrong = Answer::Wrong {
            email: "bob@example.com".into(),
        };
        assert_eq!(form(None, "bob@example.com", "guess"), wrong);
        assert_eq!(form(Some("mallory"), "bob@example.com", ""), wrong);
    }
}
