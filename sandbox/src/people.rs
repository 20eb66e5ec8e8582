//! The test accounts, the same at every provider.

/// Someone who can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// Short name, as `auto` takes it.
    pub user: &'static str,
    /// Full name.
    pub name: &'static str,
    /// What they sign in with.
    pub email: &'static str,
    /// Is the account suspended? Then the provider fails after consent.
    pub suspended: bool,
}

/// Everybody's password.
pub const PASSWORD: &str = "sandbox";

/// Everybody.
pub const PEOPLE: [Person; 4] = [
    person("alice", "Alice Anders", "alice@example.com", false),
    person("bob", "Bob Brandt", "bob@example.com", false),
    person("carol", "Carol Castillo", "carol@example.com", false),
    person("dana", "Dana Duarte", "dana@example.com", true),
];

const fn person(
    user: &'static str,
    name: &'static str,
    email: &'static str,
    suspended: bool,
) -> Person {
    Person {
        user,
        name,
        email,
        suspended,
    }
}

impl Person {
    /// The person of that short name.
    pub fn find(user: &str) -> Option<Self> {
        PEOPLE.into_iter().find(|person| person.user == user)
    }

    /// The person whom this email and password sign in.
    pub fn sign_in(email: &str, password: &str) -> Option<Self> {
        PEOPLE
            .into_iter()
            .find(|person| person.email.eq_ignore_ascii_case(email.trim()) && password == PASSWORD)
    }

    /// The two letters of the avatar.
    pub fn initials(&self) -> String {
        self.name
            .split(' ')
            .filter_map(|word| word.chars().next())
            .collect()
    }
}
