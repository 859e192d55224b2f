//! The steps that a part of the work may take.
//!
//! A budget is a share of the [`Steps`] of a run, so that one expensive schema does not use up what the others
//! need. Whoever works with a budget counts a step for each unit of work, ends early once it is used up, and
//! leaves it to the caller to say what is incomplete.

use std::cell::Cell;

use clientgen::limits::Steps;

/// A number of steps that can be taken.
#[derive(Debug)]
pub struct Budget {
    run: Steps,
    left: Cell<u64>,
    is_exceeded: Cell<bool>,
}

impl Budget {
    /// Creates a budget of as many steps of a run.
    pub fn new(run: &Steps, steps: u64) -> Self {
        Self { run: run.clone(), left: Cell::new(steps), is_exceeded: Cell::new(false) }
    }

    /// Takes steps before the work is done. Returns `false` if there are not as many left: the work must not
    /// be done then.
    #[must_use = "no work may be done after the budget is used up"]
    pub fn take(&self, steps: usize) -> bool {
        let steps = steps as u64;
        let left = self.left.get().checked_sub(steps).filter(|_| !self.is_exceeded.get());
        match left {
            Some(left) if self.run.take(steps) => self.left.set(left),
            _ => self.is_exceeded.set(true),
        }
        !self.is_exceeded.get()
    }

    /// Ends all work with this budget, for another reason than the number of steps.
    pub fn exhaust(&self) {
        self.is_exceeded.set(true);
    }

    /// Returns whether the budget is used up, so that a result may be incomplete.
    pub fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }

    /// Returns the number of steps left.
    pub fn left(&self) -> u64 {
        self.left.get()
    }
}

#[cfg(test)]
mod tests {
    use clientgen::Limits;

    use super::*;

    #[test]
    fn a_budget_ends_with_its_steps_or_with_those_of_the_run() {
        let run = Steps::new(&Limits { steps: 10, ..Limits::default() });
        let budget = Budget::new(&run, 4);
        assert!(budget.take(4) && !budget.is_exceeded());
        assert!(!budget.take(1) && budget.is_exceeded());
        assert!(!budget.take(0), "nothing is taken after the end");
        let other = Budget::new(&run, 100);
        assert!(other.take(6) && !other.take(1) && other.is_exceeded());
        assert!(run.is_exceeded());
    }
}
