//! Help, completions and manual pages.

use crate::program::Fixture;

#[tokio::test(flavor = "multi_thread")]
async fn the_help_is_that_of_the_snapshots() {
    let fixture = Fixture::new().await;
    insta::assert_snapshot!("help", fixture.run(&["--help"]).expect(0).stdout);
    insta::assert_snapshot!("help_run_report", fixture.run(&["run-report", "-h"]).expect(0).stdout);
    insta::assert_snapshot!(
        "help_get_report",
        fixture.run(&["get-report", "--help"]).expect(0).stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn shells_complete_commands_flags_and_values() {
    let fixture = Fixture::new().await;
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = fixture.run(&["completions", shell]).expect(0).stdout;
        for word in ["run-report", "cancel-on-timeout", "UNCORRELATED_ACCOUNTS"] {
            // Not every shell completes values.
            let is_value = word.contains('_') && ["powershell", "elvish"].contains(&shell);
            assert!(is_value || script.contains(word), "{shell} does not know {word}");
        }
    }
    fixture.run(&["completions", "cmd"]).expect(2);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_commands_flags_and_values() {
    use std::process::Command;
    if Command::new("bash").arg("--version").output().is_err() {
        println!("there is no bash here");
        return;
    }
    let fixture = Fixture::new().await;
    fixture.write("complete.bash", &fixture.run(&["completions", "bash"]).expect(0).stdout);
    let typed = |words: &str, before: &str, now: &str| {
        let script = format!(
            "source complete.bash; COMP_WORDS=({words} {now}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _sailpoint__reports sailpoint-reports '{now}' '{before}'; echo \"${{COMPREPLY[@]}}\""
        );
        let mut bash = Command::new("bash");
        let output = bash.args(["-c", &script]).current_dir(fixture.path(".")).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(typed("sailpoint-reports", "sailpoint-reports", "run"), "run-report");
    let run = "sailpoint-reports run-report";
    assert_eq!(typed(run, "run-report", "--poll"), "--poll-interval");
    assert_eq!(typed(&format!("{run} --report-type"), "--report-type", "SE"), "SEARCH_EXPORT");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_has_a_manual_page() {
    let fixture = Fixture::new().await;
    let whole = fixture.run(&["man"]).expect(0).stdout;
    assert!(whole.contains(".TH sailpoint-reports 1") && whole.contains("Exit codes"), "{whole}");
    let page = fixture.run(&["man", "cancel-report"]).expect(0).stdout;
    assert!(page.contains("cancel\\-report") && page.contains("Stops a report"), "{page}");
    let run = fixture.run(&["man", "nothing"]).expect(2);
    assert!(run.stderr.contains("there is no command `nothing`; there are run-report, "));
}
