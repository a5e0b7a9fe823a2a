// Splits scripts that are made as they are read, and prints what a second of one processor reads:
//
//   splitter_bench [MEGABYTES]
//
// Row statements, schema changes with dollar quotes, and (half as large again) one statement on one
// line; each by the splitter, and by the reader of psql scripts, which looks for variables and
// commands as well.
#include "rehearse/sql/psql_script.hpp"
#include "rehearse/sql/script.hpp"

#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>

namespace {

using namespace rehearse::sql;

constexpr std::size_t kMegabyte = 1'000'000;

const std::string kRow =
    "INSERT INTO orders (id, customer_id, placed_at, note) VALUES (12345, 678, '2026-11-27 "
    "23:31:13+00', 'it''s a note; with a semicolon');\n";

const std::string kSchemaChange = R"(-- Orders keep the time of their last change.
ALTER TABLE orders ADD COLUMN changed_at timestamptz DEFAULT now() NOT NULL;
CREATE OR REPLACE FUNCTION touch_order() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    IF NEW.note <> OLD.note THEN
        NEW.note := replace(NEW.note, ';', ',');  -- it's one note
    END IF;
    NEW.changed_at := now();
    RETURN NEW;
END;
$fn$;
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_order();
CREATE INDEX CONCURRENTLY orders_changed_at ON orders (changed_at) WHERE note IS NOT NULL;
)";

const std::string kTuple = "(12345, 678, 'a note; with a semicolon', 9.75), ";

// `begin`, then `part` until there are so many bytes, then `end`.
ScriptReader::Source made_of(std::string begin, const std::string& part, std::string end,
                             std::size_t bytes) {
    return [=, at = std::size_t{0}, ended = false,
            next = std::move(begin)](std::span<char> buffer) mutable {
        std::size_t filled = 0;
        while (filled < buffer.size() && !ended) {
            const std::size_t count = next.copy(buffer.data() + filled, buffer.size() - filled, at);
            filled += count;
            at += count;
            if (at < next.size()) break;
            at = 0;
            ended = bytes == 0 && next == end;
            next = bytes == 0 ? end : part;
            bytes -= std::min(bytes, part.size());
            ended = ended || next.empty();
        }
        return filled;
    };
}

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void measure(const char* what, std::size_t bytes, const std::function<std::uint64_t()>& read) {
    const double begun = processor_seconds();
    const std::uint64_t statements = read();
    const double elapsed = processor_seconds() - begun;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("%-42s %4zu MB %9llu statements %6.2f s %6.0f MB/s, peak %ld MB\n", what,
                bytes / kMegabyte, static_cast<unsigned long long>(statements), elapsed,
                static_cast<double>(bytes) / kMegabyte / elapsed, usage.ru_maxrss / 1024);
}

std::uint64_t count_pieces(auto&& reader) {
    std::uint64_t count = 0;
    while (const auto statement = reader.next()) count += statement->text.empty() ? 0 : 1;
    return count;
}

void measure_both(const std::string& what, std::size_t bytes,
                  const std::function<ScriptReader::Source()>& source) {
    measure(what.c_str(), bytes, [&] { return count_pieces(ScriptReader(source())); });
    measure((what + ", as psql").c_str(), bytes, [&] {
        return count_pieces(
            PsqlScript("made.sql", {}, [&](const std::filesystem::path&) { return source(); }));
    });
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t megabytes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 200;
    const std::size_t bytes = megabytes * kMegabyte;
    const std::size_t line = bytes + bytes / 2;
    measure_both("row statements", bytes, [&] { return made_of("", kRow, "", bytes); });
    measure_both("schema changes with dollar quotes", bytes,
                 [&] { return made_of("", kSchemaChange, "", bytes); });
    measure_both("one line", line, [&] {
        return made_of("INSERT INTO t VALUES ", kTuple, "(1, 2, 'x', 3);\n", line);
    });
    return 0;
}
