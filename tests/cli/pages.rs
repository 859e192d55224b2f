//! What the program says of itself.

use crate::program::Place;

#[tokio::test(flavor = "multi_thread")]
async fn the_help_is_what_people_see() {
    let place = Place::new().await;
    insta::assert_snapshot!("help", place.run(&["--help"]).expect(0).stdout);
    insta::assert_snapshot!("help_run_report", place.run(&["run-report", "-h"]).expect(0).stdout);
    insta::assert_snapshot!(
        "help_get_report",
        place.run(&["get-report", "--help"]).expect(0).stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn shells_complete_commands_flags_and_values() {
    let place = Place::new().await;
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.run(&["completions", shell]).expect(0).stdout;
        for word in ["run-report", "cancel-on-timeout", "UNCORRELATED_ACCOUNTS"] {
            // Not every shell gets the values.
            let is_value = word.contains('_') && ["powershell", "elvish"].contains(&shell);
            assert!(is_value || script.contains(word), "{shell} does not know {word}");
        }
    }
    place.run(&["completions", "cmd"]).expect(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_manual_page_for_everything() {
    let place = Place::new().await;
    let whole = place.run(&["man"]).expect(0).stdout;
    assert!(whole.contains(".TH sailpoint-reports 1") && whole.contains("Exit codes"), "{whole}");
    let page = place.run(&["man", "cancel-report"]).expect(0).stdout;
    assert!(page.contains("cancel\\-report") && page.contains("Stops a report"), "{page}");
    let run = place.run(&["man", "nothing"]).expect(2);
    assert!(run.stderr.contains("there is no command `nothing`; there are run-report, "));
}
