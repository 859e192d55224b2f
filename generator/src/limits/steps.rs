//! How much work a run has done.
//!
//! A time depends on the machine and on what else it does; a number of steps does not, so that tests
//! can compare two of them and a limit means the same everywhere. A step is what takes about as long
//! wherever it is taken, less than a microsecond: a node that is visited, an entry that is compared, a
//! token that is written. Stages count where they visit, so that what is forgotten is a new kind of
//! visit and not a new document.
//!
//! Once a run has taken all its steps, [`Steps::take`] says so to whoever asks. A visit that is not
//! allowed any more visits nothing below it, so that the stage ends soon with a result that nobody
//! looks at, and the pipeline ends behind the stage.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::Limits;

/// Counts the steps of a run. Clones count together.
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
    /// The steps that had been taken when the stage began.
    before: Cell<u64>,
    by_stage: RefCell<BTreeMap<&'static str, u64>>,
}

impl Steps {
    /// Starts to count.
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

    /// Takes some steps. Returns whether there were as many left; if not, there are none any more.
    #[must_use = "what takes a step that it does not have must not go on"]
    #[inline]
    pub fn take(&self, steps: u64) -> bool {
        let Counter { taken, limit, .. } = &*self.counter;
        taken.set(taken.get().saturating_add(steps));
        taken.get() <= *limit
    }

    /// Takes a step for each of some things, as [`take`](Self::take) does.
    #[must_use = "what takes a step that it does not have must not go on"]
    #[inline]
    pub fn take_each(&self, things: usize) -> bool {
        self.take(things as u64)
    }

    /// Counts steps that were taken already, by what cannot be stopped.
    pub fn spend(&self, steps: usize) {
        let _ = self.take(steps as u64);
    }

    /// Whether more steps were asked for than there are.
    pub fn is_exceeded(&self) -> bool {
        self.counter.taken.get() > self.counter.limit
    }

    /// Counts for another stage from now on.
    pub(crate) fn begin(&self, stage: &'static str) {
        self.note();
        self.counter.stage.set(stage);
        self.counter.before.set(self.counter.taken.get());
    }

    /// The stage that is at work.
    pub(crate) fn stage(&self) -> &'static str {
        self.counter.stage.get()
    }

    /// All limits of the run.
    pub(crate) fn limits(&self) -> &Limits {
        &self.counter.limits
    }

    /// The limit.
    pub(crate) fn limit(&self) -> u64 {
        self.counter.limit
    }

    /// Returns the steps that each stage has taken, by its name.
    pub fn by_stage(&self) -> BTreeMap<&'static str, u64> {
        self.note();
        self.counter.before.set(self.counter.taken.get());
        self.counter.by_stage.borrow().clone()
    }

    fn note(&self) {
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
    fn steps_are_counted_by_stage_and_end() {
        let steps = Steps::new(&Limits { steps: 10, ..Limits::default() });
        assert!(steps.take(4));
        steps.begin("lower");
        assert!(steps.clone().take_each(6) && !steps.is_exceeded());
        assert!(!steps.take(1) && !steps.take(0));
        assert!(steps.is_exceeded());
        assert_eq!(steps.by_stage(), BTreeMap::from([("load", 4), ("lower", 7)]));
        assert_eq!(steps.by_stage(), BTreeMap::from([("load", 4), ("lower", 7)]));
        assert!(!steps.take(u64::MAX), "no overflow");
    }
}
