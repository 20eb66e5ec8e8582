//! A map that cannot be filled up: the oldest entry makes room for the newest.

use indexmap::IndexMap;

/// A map of at most `N` entries, in order of insertion.
#[derive(Debug)]
pub struct Bounded<V, const N: usize> {
    entries: IndexMap<String, V>,
}

// Not derived, which would ask the values for a default too.
impl<V, const N: usize> Default for Bounded<V, N> {
    fn default() -> Self {
        Self {
            entries: IndexMap::new(),
        }
    }
}

impl<V, const N: usize> Bounded<V, N> {
    /// Puts the value in as the newest, and the oldest out when there is no room.
    pub fn insert(&mut self, key: impl Into<String>, value: V) {
        const { assert!(N > 0, "there is room for one entry at least") }
        let key = key.into();
        self.entries.shift_remove(&key);
        while self.entries.len() >= N {
            self.entries.shift_remove_index(0);
        }
        self.entries.insert(key, value);
    }

    /// The value of that key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    /// The value of that key, to change in place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    /// Takes the value of that key out.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        self.entries.shift_remove(key)
    }

    /// Is there such a key?
    pub fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// All values, oldest first.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.entries.values()
    }

    /// All values, oldest first, to change in place.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.entries.values_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::Bounded;

    #[test]
    fn the_oldest_entry_makes_room() {
        let mut map = Bounded::<_, 2>::default();
        map.insert("a", 1);
        map.insert("b", 2);
        map.insert("c", 3);
        assert_eq!(map.values().count(), 2);
        assert!(!map.contains("a"));
        assert_eq!(map.values().copied().collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn putting_a_key_in_again_makes_it_the_newest() {
        let mut map = Bounded::<_, 2>::default();
        map.insert("a", 1);
        map.insert("b", 2);
        map.insert("a", 3);
        map.insert("c", 4);
        assert!(map.contains("a"));
        assert!(!map.contains("b"));
    }
}
