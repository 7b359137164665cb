"""Asks algorithms of index_selection_evaluation for indexes.

Argument: the folder that holds its package `selection`. Standard input: a JSON object with the
database, the queries, the runs (algorithm and parameters) and the nominal size after which no
further run is of interest. Standard output: a JSON object a run.
The server is taken from the environment (PGHOST, PGPORT, PGUSER, PGPASSWORD).
"""

import json
import logging
import sys
import time

sys.path.insert(0, sys.argv[1])
logging.disable(logging.CRITICAL)

from selection.algorithms.anytime_algorithm import AnytimeAlgorithm  # noqa: E402
from selection.algorithms.auto_admin_algorithm import AutoAdminAlgorithm  # noqa: E402
from selection.algorithms.db2advis_algorithm import DB2AdvisAlgorithm  # noqa: E402
from selection.algorithms.extend_algorithm import ExtendAlgorithm  # noqa: E402
from selection.algorithms.relaxation_algorithm import RelaxationAlgorithm  # noqa: E402
from selection.dbms.postgres_dbms import PostgresDatabaseConnector  # noqa: E402
from selection.workload import Query, Workload  # noqa: E402
from selection.workload_parser import WorkloadParser  # noqa: E402

ALGORITHMS = {
    "anytime": AnytimeAlgorithm,
    "auto_admin": AutoAdminAlgorithm,
    "db2advis": DB2AdvisAlgorithm,
    "extend": ExtendAlgorithm,
    "relaxation": RelaxationAlgorithm,
}


def workload(task):
    parser = WorkloadParser("postgres", task["database"], "")
    tables = parser.get_tables()
    queries = [Query(number, text) for number, text in enumerate(task["queries"], 1)]
    for query in queries:
        parser.store_indexable_columns(query, tables)
    return Workload(queries)


def main():
    task = json.load(sys.stdin)
    queries = workload(task)
    for run in task["runs"]:
        began = time.time()
        connector = PostgresDatabaseConnector(task["database"])
        algorithm = ALGORITHMS[run["algorithm"]](connector, dict(run["parameters"]))
        indexes = algorithm.calculate_best_indexes(queries)
        connector.rollback()
        connector.close()
        answer = {
            "algorithm": run["algorithm"],
            "setting": run["setting"],
            "indexes": [
                {"table": str(index.table()), "columns": index._column_names()}
                for index in indexes
            ],
            "seconds": time.time() - began,
        }
        print(json.dumps(answer), flush=True)
        if sum(index.estimated_size for index in indexes) > task["most_bytes"]:
            break


main()
