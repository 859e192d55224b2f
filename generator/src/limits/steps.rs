//! The work of a run, counted in steps.
//!
//! Time depends on the machine and its load. A number of steps does not, so that tests can compare two
//! runs and a limit means the same everywhere. A step is a unit of work below a microsecond: visiting
//! a node, comparing an entry, writing a token. Stages count steps where they visit nodes, so that no
//! document can avoid being counted.
//!
//! Once the limit is exceeded, [`Steps::take`] returns `false`, and the caller does not visit the
//! node's children. So the stage ends soon; the pipeline then discards its result and stops.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::Limits;

/// The step counter of a run. Clones share the counter.
#[derive(Debug, Clone)]
pub struct Steps {
    counter: Rc<Counter>,
}

#[derive(Debug)]
struct Counter {
    limits: Limits,
    limit: u64,
    taken: Cell<u64>,
    stage: Cell<&'static str>,
    /// The number of steps before the current stage.
    before: Cell<u64>,
    by_stage: RefCell<BTreeMap<&'static str, u64>>,
}

impl Steps {
    /// Creates a counter at zero.
    pub fn new(limits: &Limits) -> Self {
        let counter = Counter {
            limits: limits.clone(),
            limit: limits.steps,
            taken: Cell::new(0),
            stage: Cell::new("load"),
            before: Cell::new(0),
            by_stage: RefCell::default(),
        };
        Self { counter: Rc::new(counter) }
    }

    /// Adds steps before the work is done. Returns `false` if the limit is exceeded: the work must not
    /// be done then.
    #[must_use = "no work may be done after the limit is exceeded"]
    #[inline]
    pub fn take(&self, steps: u64) -> bool {
        let Counter { taken, limit, .. } = &*self.counter;
        taken.set(taken.get().saturating_add(steps));
        taken.get() <= *limit
    }

    /// Adds a step for each of several items, as [`take`](Self::take) does.
    #[must_use = "no work may be done after the limit is exceeded"]
    #[inline]
    pub fn take_each(&self, items: usize) -> bool {
        self.take(items as u64)
    }

    /// Adds steps for work that is already done or cannot be stopped.
    pub fn record(&self, steps: usize) {
        let _ = self.take(steps as u64);
    }

    /// Returns whether the limit is exceeded.
    pub fn is_exceeded(&self) -> bool {
        self.counter.taken.get() > self.counter.limit
    }

    /// Starts to count for another stage.
    pub(crate) fn begin_stage(&self, stage: &'static str) {
        self.add_to_stage();
        self.counter.stage.set(stage);
        self.counter.before.set(self.counter.taken.get());
    }

    /// Returns the name of the current stage.
    pub(crate) fn stage(&self) -> &'static str {
        self.counter.stage.get()
    }

    /// Returns all limits of the run.
    pub(crate) fn limits(&self) -> &Limits {
        &self.counter.limits
    }

    /// Returns the step limit.
    pub(crate) fn limit(&self) -> u64 {
        self.counter.limit
    }

    /// Returns the number of steps of each stage, by its name.
    pub fn by_stage(&self) -> BTreeMap<&'static str, u64> {
        self.add_to_stage();
        self.counter.before.set(self.counter.taken.get());
        self.counter.by_stage.borrow().clone()
    }

    fn add_to_stage(&self) {
        let Counter { taken, before, stage, by_stage, .. } = &*self.counter;
        let steps = taken.get() - before.get();
        if steps > 0 {
            *by_stage.borrow_mut().entry(stage.get()).or_default() += steps;
        }
    }
}

impl Default for Steps {
    fn default() -> Self {
        Self::new(&Limits::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_by_stage_and_limited() {
        let steps = Steps::new(&Limits { steps: 10, ..Limits::default() });
        assert!(steps.take(4));
        steps.begin_stage("lower");
        assert!(steps.clone().take_each(6) && !steps.is_exceeded());
        assert!(!steps.take(1) && !steps.take(0));
        assert!(steps.is_exceeded());
        assert_eq!(steps.by_stage(), BTreeMap::from([("load", 4), ("lower", 7)]));
        assert_eq!(steps.by_stage(), BTreeMap::from([("load", 4), ("lower", 7)]));
        assert!(!steps.take(u64::MAX), "no overflow");
    }
}
