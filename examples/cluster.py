"""A grid search and predictions on a cluster
===========================================

The fits of a grid search need not know of each other, nor need predictions. Here two
processes on this machine are the cluster; with the address of a scheduler in their
place, ``Client("tcp://...:8786")``, it is as many machines as there are. Needs dask
(``pip install -e ".[dask]"``).

Processes that are started read this file again, so everything stands behind
``if __name__ == "__main__"``.
"""

import tempfile
from pathlib import Path

import pandas as pd
from dask import bag
from dask.distributed import Client, LocalCluster
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.datasets import load_reviews


def search(texts, topics):
    """The best of eight pipelines; its fits go wherever the client sends them."""
    model = make_pipeline(
        SequenceVectorizer(), RNNClassifier(max_iter=30, random_state=0)
    )
    grid = {
        "sequencevectorizer__min_df": [1, 2],
        "rnnclassifier__pooling": ["last", "max"],
        "rnnclassifier__hidden_layer_sizes": [16, 32],
    }
    with parallel_config(backend="dask"):
        return GridSearchCV(model, grid, cv=3).fit(texts, topics)


def count_topics(model, folder):
    """Predict all lines of all files, a part of them at a time."""
    lines = bag.read_text(f"{folder}/*.txt").map(str.strip)
    topics = lines.map_partitions(lambda part: model.predict(list(part)).tolist())
    return dict(topics.frequencies().compute())


def main():
    reviews = load_reviews()
    texts, topics = reviews.data, reviews.topic
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    with cluster, Client(cluster), tempfile.TemporaryDirectory() as folder:
        found = search(texts[:200], topics[:200])
        table = pd.DataFrame(found.cv_results_).sort_values("rank_test_score")
        table = table.filter(regex="param_|mean_test_score")
        table.columns = [name.split("__")[-1] for name in table.columns]
        print(table.to_string(index=False, float_format="%.3f"), "\n")
        for i in range(8):
            part = texts[200 + 25 * i : 225 + 25 * i]
            Path(folder, f"{i}.txt").write_text("\n".join(part), encoding="utf-8")
        print("predicted", count_topics(found.best_estimator_, folder))
        print("true     ", pd.Series(topics[200:]).value_counts().to_dict())


if __name__ == "__main__":
    main()

# It starts processes, so the gallery runs it alone.
# sphinx_gallery_parallel = False
