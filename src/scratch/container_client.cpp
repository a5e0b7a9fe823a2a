#include "scratch/container_client.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <cstdlib>

namespace rehearse::scratch {

namespace {

// For questions that an engine answers at once when it is well.
constexpr Millis kAnswerLimit = std::chrono::seconds(30);
const std::string kOrLocal = "Or use a PostgreSQL of this machine: --engine local";

std::string first_line(const std::string& text) {
    for (const std::string& line : split_lines(text)) {
        if (!trimmed(line).empty()) return one_line(line, 300);
    }
    return {};
}

}  // namespace

process::ProcessSpec ContainerClient::command(Arguments args) const {
    process::ProcessSpec spec;
    spec.program = program_;
    spec.args = std::move(args);
    return spec;
}

process::ProcessResult ContainerClient::run(Arguments args) const {
    return runner_->run(command(std::move(args)));
}

Error ContainerClient::failure(const std::string& what,
                               const process::ProcessResult& result) const {
    return Error(ErrorKind::scratch, "cannot " + what + " (" + program_ + ")")
        .with_output(result.err);
}

std::string ContainerClient::run_or_throw(Arguments args, const std::string& what) const {
    auto result = run(std::move(args));
    if (!result.ok()) throw failure(what, result);
    return std::move(result.out);
}

process::ProcessResult ContainerClient::clean_up(Arguments args) const noexcept {
    try {
        auto spec = command(std::move(args));
        spec.timeout = std::chrono::minutes(2);
        return runner_->run_to_clean_up(spec);
    } catch (const std::exception&) {
        process::ProcessResult failed;
        failed.exit_code = 127;
        return failed;
    }
}

void ContainerClient::remove_container(const std::string& name) const noexcept {
    clean_up({"rm", "--force", "--volumes", name});
}

std::optional<std::string> ContainerClient::other_host() const {
    if (program_ != "docker") return std::nullopt;  // podman's client is the engine
    std::string address;
    if (const char* set = std::getenv("DOCKER_HOST"); set != nullptr && *set != '\0') {
        address = set;
    } else {
        const auto result = run({"context", "inspect", "--format", "{{.Endpoints.docker.Host}}"});
        if (result.ok()) address = trimmed(result.out);
    }
    if (address.empty() || address.starts_with("unix://")) return std::nullopt;
    return address;
}

std::string ContainerClient::check_answers() const {
    auto question = command(
        {"info", "--format", program_ == "docker" ? "{{.ServerVersion}}" : "{{.Version.Version}}"});
    question.timeout = kAnswerLimit;
    const auto result = runner_->run(question);
    const std::string version(trimmed(result.out));
    if (result.ok() && !version.empty()) return version;
    Error error(ErrorKind::scratch, program_ + " is installed but does not answer");
    if (result.err.find("permission denied") != std::string::npos) {
        error.with_hint(
            "Let yourself use it: sudo usermod --append --groups docker $USER, then log in again");
    } else if (program_ == "podman") {
        error.with_hint("Look at what it says: podman info");
    } else if (const auto elsewhere = other_host()) {
        error.with_hint("Start the one at " + *elsewhere +
                        ", or use that of this host: unset DOCKER_HOST; docker context use "
                        "default");
    } else {
        error.with_hint("Start it: sudo systemctl start docker");
    }
    error.with_hint(kOrLocal);
    throw error.with_output(result.err, 3);
}

bool ContainerClient::has_image(const std::string& image) const {
    return run({"image", "inspect", "--format", "{{.Id}}", image}).ok();
}

void ContainerClient::pull_image(const std::string& image, Progress& progress) const {
    progress.begin("pulling " + image);
    auto spec = command({"pull", image});
    std::uint64_t steps = 0;
    spec.on_stdout_line = [&](const std::string& line) {
        progress.update(++steps, std::nullopt, Progress::Unit::none, one_line(line, 100));
    };
    const auto result = runner_->run(spec);
    if (!result.ok()) {
        throw Error(
            ErrorKind::scratch,
            "the image " + image + " is not here and cannot be pulled: " + first_line(result.err),
            {"Pull it where you can: " + program_ + " pull " + image,
             "Or name one that is here: --image IMAGE", kOrLocal});
    }
    progress.end("");
}

std::string mount_field(const std::string& key, const std::string& value) {
    std::string field = key + "=" + value;
    if (field.find_first_of(",\"") == std::string::npos) return field;
    std::string quoted = "\"";
    for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace rehearse::scratch
