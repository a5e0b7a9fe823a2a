#include "replay/implicit_block.hpp"

#include <gtest/gtest.h>

namespace rehearse::replay {
namespace {

using Action = ImplicitBlock::Action;
using State = ImplicitBlock::State;
using sql::StatementKind;

ImplicitBlock block_in(State state) {
    ImplicitBlock block;
    if (state == State::implicit) block.ran(StatementKind::insert, true);
    if (state == State::explicit_) block.ran(StatementKind::begin, true);
    EXPECT_EQ(block.state(), state);
    return block;
}

TEST(ImplicitBlock, DecidesByStateAndStatement) {
    const struct {
        State state;
        StatementKind kind;
        const char* text;
        Action action;
    } cases[] = {
        {State::none, StatementKind::insert, "INSERT INTO t VALUES (1)", Action::begin_and_send},
        {State::none, StatementKind::vacuum, "VACUUM", Action::begin_and_send},
        {State::none, StatementKind::begin, "BEGIN", Action::send},
        {State::none, StatementKind::commit, "COMMIT", Action::send},
        {State::none, StatementKind::savepoint, "SAVEPOINT s", Action::send},
        {State::implicit, StatementKind::insert, "INSERT INTO t VALUES (1)", Action::send},
        {State::implicit, StatementKind::begin, "BEGIN", Action::adopt},
        {State::implicit, StatementKind::begin, "start  TRANSACTION", Action::adopt},
        {State::implicit, StatementKind::begin, "BEGIN ISOLATION LEVEL SERIALIZABLE",
         Action::adopt_with_modes},
        {State::implicit, StatementKind::commit, "COMMIT", Action::send_and_warn},
        {State::implicit, StatementKind::commit, "commit and /* x */ chain",
         Action::roll_back_and_send},
        {State::implicit, StatementKind::commit, "COMMIT AND NO CHAIN", Action::send_and_warn},
        {State::implicit, StatementKind::rollback, "ROLLBACK", Action::send_and_warn},
        {State::implicit, StatementKind::rollback, "ROLLBACK AND CHAIN",
         Action::roll_back_and_send},
        {State::implicit, StatementKind::savepoint, "SAVEPOINT s", Action::roll_back_and_send},
        {State::explicit_, StatementKind::savepoint, "SAVEPOINT s", Action::send},
        {State::explicit_, StatementKind::begin, "BEGIN", Action::send},
        {State::explicit_, StatementKind::commit, "COMMIT AND CHAIN", Action::send},
        {State::explicit_, StatementKind::insert, "INSERT INTO t VALUES (1)", Action::send},
    };
    for (const auto& each : cases)
        EXPECT_EQ(block_in(each.state).action_for(each.kind, each.text), each.action) << each.text;
}

TEST(ImplicitBlock, FollowsTheTransaction) {
    ImplicitBlock block;
    block.ran(StatementKind::insert, true);
    EXPECT_EQ(block.state(), State::implicit);
    block.ran(StatementKind::begin, true);  // adopted
    EXPECT_EQ(block.state(), State::explicit_);
    block.ran(StatementKind::insert, true);
    EXPECT_EQ(block.state(), State::explicit_);
    block.ran(StatementKind::commit, true);  // AND CHAIN
    EXPECT_EQ(block.state(), State::explicit_);
    block.ran(StatementKind::commit, false);
    EXPECT_EQ(block.state(), State::none);
}

TEST(ImplicitBlock, FindsTheModesOfBegin) {
    EXPECT_EQ(transaction_modes_of("BEGIN"), "");
    EXPECT_EQ(transaction_modes_of("BEGIN WORK"), "");
    EXPECT_EQ(transaction_modes_of("start transaction isolation level serializable, read only"),
              "isolation level serializable, read only");
    EXPECT_EQ(transaction_modes_of("BEGIN -- now\n READ ONLY"), "READ ONLY");
}

}  // namespace
}  // namespace rehearse::replay
