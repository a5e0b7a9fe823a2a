#include "classify_case.hpp"

// Where a statement may run: in a transaction block, outside of one, or as only the server knows.
namespace rehearse::sql {
namespace {

TEST(Classify, transaction_control) {
    expect_all({
        {"begin", Kind::begin, Use::is_control},
        {"BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE", Kind::begin, Use::is_control},
        {"start transaction", Kind::begin, Use::is_control},
        {"commit", Kind::commit, Use::is_control},
        {"commit and chain", Kind::commit, Use::is_control},
        {"end work", Kind::commit, Use::is_control},
        {"rollback", Kind::rollback, Use::is_control},
        {"abort", Kind::rollback, Use::is_control},
        {"rollback to a", Kind::savepoint, Use::is_control},
        {"rollback work to savepoint a", Kind::savepoint, Use::is_control},
        {"savepoint a", Kind::savepoint, Use::is_control},
        {"release a", Kind::savepoint, Use::is_control},
        {"prepare transaction 'a'", Kind::other_utility, Use::is_control},
        {"commit prepared 'a'", Kind::other_utility, Use::forbidden},
        {"rollback prepared 'a'", Kind::other_utility, Use::forbidden},
        {"prepare a as select 1 from t", Kind::other_utility, Use::allowed, {"t"}},
    });
}

TEST(Classify, refused_in_a_transaction_block) {
    expect_all({
        {"create index concurrently i on s.t (a)", Kind::create_index, Use::forbidden, {"s.t"}},
        {"create unique index concurrently if not exists i on only t (a)",
         Kind::create_index,
         Use::forbidden,
         {"t"}},
        {"drop index concurrently if exists s.i, j",
         Kind::drop_index,
         Use::forbidden,
         {"s.i", "j"}},
        {"reindex index concurrently i", Kind::reindex, Use::forbidden, {"i"}},
        {"reindex (concurrently) table t", Kind::reindex, Use::forbidden, {"t"}},
        {"reindex (verbose, concurrently on) table t", Kind::reindex, Use::forbidden, {"t"}},
        {"reindex (concurrently false) table t", Kind::reindex, Use::may_be_refused, {"t"}},
        {"reindex database x", Kind::reindex, Use::forbidden},
        {"reindex system x", Kind::reindex, Use::forbidden},
        {"reindex schema x", Kind::reindex, Use::forbidden},
        {"reindex table t", Kind::reindex, Use::may_be_refused, {"t"}},
        {"vacuum", Kind::vacuum, Use::forbidden},
        {"vacuum (analyze) t", Kind::vacuum, Use::forbidden, {"t"}},
        {"vacuum full t", Kind::vacuum, Use::forbidden, {"t"}},
        {"analyze t (a)", Kind::analyze, Use::allowed, {"t"}},
        {"cluster", Kind::cluster, Use::forbidden},
        {"cluster t using i", Kind::cluster, Use::may_be_refused, {"t"}},
        {"create database d", Kind::other_utility, Use::forbidden},
        {"drop database if exists d", Kind::other_utility, Use::forbidden},
        {"create tablespace s location '/x'", Kind::other_utility, Use::forbidden},
        {"drop tablespace s", Kind::other_utility, Use::forbidden},
        {"alter system set work_mem = '1MB'", Kind::other_utility, Use::forbidden},
        {"alter database d set tablespace s", Kind::other_utility, Use::forbidden},
        {"alter database d set work_mem = '1MB'", Kind::other_utility},
        {"alter database d connection limit 3", Kind::other_utility},
        {"alter table p detach partition c concurrently",
         Kind::alter_table,
         Use::forbidden,
         {"p", "c"}},
        {"alter table p detach partition c", Kind::alter_table, Use::allowed, {"p", "c"}},
        {"alter table p detach partition c finalize", Kind::alter_table, Use::allowed, {"p", "c"}},
        {"create subscription s connection 'x' publication p", Kind::other_utility, Use::forbidden},
        {"create subscription s connection 'x' publication p with (connect = false)",
         Kind::other_utility},
        {"create subscription s connection 'x' publication p with (create_slot = off)",
         Kind::other_utility},
        {"create subscription s connection 'x' publication p with (enabled = false)",
         Kind::other_utility, Use::forbidden},
        {"alter subscription s refresh publication", Kind::other_utility, Use::forbidden},
        {"alter subscription s set publication p", Kind::other_utility, Use::forbidden},
        {"alter subscription s add publication p with (refresh = false)", Kind::other_utility},
        {"alter subscription s disable", Kind::other_utility},
        {"alter subscription s set (failover = true)", Kind::other_utility, Use::forbidden},
        {"alter subscription s set (slot_name = none)", Kind::other_utility},
        {"drop subscription s", Kind::other_utility, Use::forbidden},
        {"discard all", Kind::other_utility, Use::forbidden},
        {"discard plans", Kind::other_utility},
        {"alter type e add value 'x' before 'y'", Kind::alter_type},
        {"refresh materialized view concurrently m",
         Kind::refresh_materialized_view,
         Use::allowed,
         {"m"}},
    });
}

TEST(Classify, the_procedure_that_a_call_names) {
    EXPECT_EQ(classify("call f(1)").procedure, "f");
    EXPECT_EQ(classify("CALL s.\"Archive\"('call g()')").procedure, "Archive");
    EXPECT_EQ(classify("select f()").procedure, "");
}

TEST(Classify, what_only_the_server_knows) {
    expect_all({
        {"call f(1)", Kind::call, Use::may_commit},
        {"do $$ begin perform 1; end $$", Kind::do_block},
        {"do $$ begin perform 1; commit; end $$", Kind::do_block, Use::may_commit},
        {"do language plpgsql 'begin ROLLBACK; end'", Kind::do_block, Use::may_commit},
        {"do $$ begin call f(); end $$", Kind::do_block, Use::may_commit},
        {"do $$ begin -- commit\n perform 'rollback'; /* call */ end $$", Kind::do_block},
        {"do $$ begin do $x$ begin commit; end $x$; end $$", Kind::do_block, Use::may_commit},
        {"do $$ begin do language plpgsql 'begin end'; end $$", Kind::do_block, Use::may_commit},
        {"do $$ begin insert into t values (1) on conflict do nothing; end $$", Kind::do_block},
        {"do $$ begin create temp table t (a int) on commit drop; end $$", Kind::do_block},
        {"do $x$ plpy.commit() $x$ language plpython3u", Kind::do_block, Use::may_commit},
    });
}

TEST(Classify, what_means_something_else_in_a_block) {
    expect_all({
        {"lock table s.t in share mode", Kind::lock_table, Use::needs_block, {"s.t"}},
        {"set local lock_timeout = '5s'", Kind::set, Use::needs_block},
        {"set lock_timeout = '5s'", Kind::set},
        {"set transaction read only", Kind::set, Use::needs_block},
        {"set session characteristics as transaction read only", Kind::set},
        {"set constraints all deferred", Kind::other_utility, Use::needs_block},
        {"declare c cursor for select 1", Kind::other_utility, Use::needs_block},
        {"declare c cursor with hold for select 1", Kind::other_utility},
    });
}

}  // namespace
}  // namespace rehearse::sql
