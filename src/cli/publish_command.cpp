#include "rehearse/base/files.hpp"
#include "rehearse/base/redactor.hpp"
#include "rehearse/publish/publish.hpp"

#include "cli/options.hpp"
#include "cli/saved_report.hpp"
#include "cli/terminal.hpp"

#include <cstdlib>

namespace rehearse::cli {

namespace {

struct PublishCommand {
    std::string file;
    publish::PublishOptions publish;
    publish::TargetOptions target;
    std::optional<Millis> noisy, rethink;
    Millis timeout = std::chrono::minutes(2);
    bool check_run = false;
    bool dry_run = false;
};

enum class Host { github, gitlab };

std::string environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? "" : value;
}

fs::path report_file(const PublishCommand& command, const RunOptions& run) {
    return command.file.empty() ? run.rehearsal.out / "report.json" : fs::path{command.file};
}

void check_token(const publish::Target& target, const std::string& variable) {
    if (!target.token.empty()) return;
    throw Error(ErrorKind::delivery, "there is no token to publish with",
                {"Put it into the environment as " + variable +
                     ", never into an argument, which others can see.",
                 "--dry-run shows what would be written, without one."});
}

void warn_if_readable(const publish::Target& target, Context context) {
    if (target.token.empty() || publish::is_private_way(target.api_url)) return;
    context.progress.warn("the token goes to " + target.api_url +
                          " in the clear; use https where it answers");
}

std::string lines_of(const publish::Delivery& delivery, const std::string& before) {
    std::string text;
    for (const auto& line : delivery.done) text += before + line + "\n";
    return text;
}

int dry_run(const report::Report& report, publish::ReviewHost& host, bool may_read,
            const publish::PublishOptions& options) {
    std::string told;
    const auto pretender = publish::make_dry_run(host, may_read, told);
    publish::Delivery delivery;
    publish_report(report, *pretender, options, delivery);
    print("would be done on " + host.request_name() + ":\n" + lines_of(delivery, "  ") + "\n" +
          told);
    return 0;
}

int run_publish(Host kind, const PublishCommand& command, const RunOptions& run, Context context) {
    const bool github = kind == Host::github;
    const auto file = report_file(command, run);
    auto report = read_saved_report(file);
    judge_again_if_asked(report, command.noisy, command.rethink);
    auto options = command.publish;
    options.mask_literals = run.drawing.mask_literals;
    options.fail_on = run.drawing.fail_on;
    options.working_folder = fs::current_path();
    options.workspace = environment("GITHUB_WORKSPACE");
    if (options.workspace.empty()) options.workspace = fs::current_path();
    if (github) options.job_summary = environment("GITHUB_STEP_SUMMARY");

    const auto target = github ? publish::github_target(environment, command.target)
                               : publish::gitlab_target(environment, command.target);
    context.redactor.add_secret(target.token);
    if (!command.dry_run) check_token(target, github ? "GITHUB_TOKEN" : "GITLAB_TOKEN");
    warn_if_readable(target, context);

    const auto client = publish::make_http_client(
        "rehearse/" REHEARSE_VERSION,
        publish::ca_file(environment, github ? "" : "CI_SERVER_TLS_CA_FILE"));
    const auto time = publish::make_timekeeper();
    const auto retrying = publish::with_retries(
        *client, *time, command.timeout,
        [&](const std::string& text) { context.progress.note(context.redactor.redacted(text)); });
    const auto host = github ? publish::make_github(*retrying, target, command.check_run)
                             : publish::make_gitlab(*retrying, target);
    if (command.dry_run) return dry_run(report, *host, !target.token.empty(), options);
    publish::Delivery delivery;
    try {
        publish_report(report, *host, options, delivery);
        print(lines_of(delivery, ""));
        for (const auto& words : delivery.refused) {
            context.progress.warn(context.redactor.redacted(words) + "; the comment is there");
        }
        if (!delivery.fallback.empty()) {
            context.progress.warn(context.redactor.redacted(delivery.fallback) +
                                  ": the report is in the job's summary instead");
        }
    } catch (Error& error) {
        print(lines_of(delivery, ""));
        if (error.kind() == ErrorKind::delivery) {
            error.with_hint("The report is kept in " + file.string() + ".");
        }
        throw;
    }
    return 0;
}

void add_common_options(CLI::App& app, PublishCommand& command) {
    app.add_option("REPORT", command.file,
                   "report.json of a rehearsal [the one in --out, or here]");
    app.add_option("--marker", command.publish.marker, "Tells several reports on one request apart")
        ->type_name("NAME");
    app.add_option("--label-noisy", command.publish.label_noisy,
                   "Label of a noisy change, empty for none [rehearse: noisy]")
        ->type_name("NAME");
    app.add_option("--label-rethink", command.publish.label_rethink,
                   "Label of one to be re-thought [rehearse: rethink]")
        ->type_name("NAME");
    app.add_option("--sha", command.target.sha, "The request's last commit [asked for]")
        ->type_name("SHA");
    app.add_option("--api-url", command.target.api_url, "Address of the host's API")
        ->type_name("URL");
    add_duration(app, "--noisy", command.noisy, "Judge with this threshold");
    add_duration(app, "--rethink", command.rethink, "Judge with this threshold");
    add_duration(app, "--timeout", command.timeout, "How long to try where the host fails");
    app.add_flag("--dry-run", command.dry_run, "Say what would be written, and write nothing");
}

CLI::App& add_host(CLI::App& publish, Host host, const std::string& name,
                   const std::string& description, const std::string& example,
                   const std::shared_ptr<PublishCommand>& command, const RunOptionsPtr& run,
                   Command& chosen) {
    auto& app = add_command(publish, name, description, example);
    app.fallthrough();
    app.footer("Takes --out, --fail-on and --mask-literals of a rehearsal, too.\n\n" +
               app.get_footer());
    add_common_options(app, *command);
    app.callback([=, &chosen] {
        chosen = [=](Context context) { return run_publish(host, *command, *run, context); };
    });
    return app;
}

}  // namespace

void add_publish_commands(CLI::App& app, const RunOptionsPtr& run, Command& chosen) {
    auto& publish = add_command(app, "publish", "Put a report on its pull or merge request",
                                "rehearse publish github out/report.json --check-run");
    publish.require_subcommand(1);
    publish.fallthrough();

    const auto to_github = std::make_shared<PublishCommand>();
    auto& github = add_host(
        publish, Host::github, "github",
        "Comment, labels and status on a pull request; the token is $GITHUB_TOKEN",
        "rehearse publish github --repo acme/shop --pull 12 --dry-run", to_github, run, chosen);
    github.add_option("--repo", to_github->target.project, "The repository [$GITHUB_REPOSITORY]")
        ->type_name("OWNER/NAME");
    github.add_option("--pull", to_github->target.number, "The pull request [that of the event]")
        ->type_name("N");
    github.add_flag("--check-run", to_github->check_run,
                    "A check run with annotations on the migrations' lines, not a status");

    const auto to_gitlab = std::make_shared<PublishCommand>();
    auto& gitlab =
        add_host(publish, Host::gitlab, "gitlab",
                 "Note, labels and status on a merge request; the token is $GITLAB_TOKEN",
                 "rehearse publish gitlab --project acme/shop --merge-request 12 --dry-run",
                 to_gitlab, run, chosen);
    gitlab.add_option("--project", to_gitlab->target.project, "The project [$CI_PROJECT_ID]")
        ->type_name("ID");
    gitlab
        .add_option("--merge-request", to_gitlab->target.number,
                    "The merge request [$CI_MERGE_REQUEST_IID]")
        ->type_name("N");
}

}  // namespace rehearse::cli
