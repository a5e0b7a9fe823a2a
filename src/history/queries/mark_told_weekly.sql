UPDATE runs SET told_weekly = 1 WHERE run_id = :run_id;
