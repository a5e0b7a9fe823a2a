#pragma once

#include "rehearse/rules/rule.hpp"

namespace rehearse::rules {

// One a file; registry.cpp puts them in order.
extern const RuleInfo kNotNullWithoutBackfill;
extern const RuleInfo kIndexNotConcurrent;
extern const RuleInfo kDropColumnStillUsed;
extern const RuleInfo kRowsChangedInMigration;
extern const RuleInfo kNoRollback;
extern const RuleInfo kLockTimeoutUnset;
extern const RuleInfo kStatementTimeoutUnset;
extern const RuleInfo kCancelledByTimeout;
extern const RuleInfo kTableRewrite;
extern const RuleInfo kHeldUntilCommit;
extern const RuleInfo kIndexLeftInvalid;
extern const RuleInfo kNeverCommitted;
extern const RuleInfo kValidatedUnderLock;
extern const RuleInfo kConstraintViolated;

}  // namespace rehearse::rules
