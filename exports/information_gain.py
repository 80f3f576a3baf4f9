"""What book/information-gain.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import numpy as np


def entropy_bill(counts):  # bits for all cases of a group, from its class counts (the last axis)
    shares = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    return -(counts * np.log2(np.where(counts > 0, shares, 1))).sum(axis=-1)


def savings(features, labels, bill):
    order = features.argsort(axis=0, kind="stable")
    x = np.take_along_axis(features, order, axis=0)
    # class counts at or below each gap: (cases - 1, features, classes)
    left = labels[order].cumsum(axis=0)[:-1]
    total = labels.sum(axis=0)
    saved = bill(total) - bill(left) - bill(total - left)
    saved = np.where(x[1:] > x[:-1], saved, 0)  # equal values can't be parted
    # rounded, so that ties are ties on each machine
    return saved.round(6), (x[1:] + x[:-1]) / 2


def best_splits(features, labels, bill):  # all ties, in the order of the features
    saved, thresholds = savings(features, labels, bill)
    columns, gaps = np.nonzero((saved == saved.max()).T)
    return saved.max(), [(f, thresholds[i, f]) for f, i in zip(columns, gaps)]


def grow(features, labels, bill, depth=99):  # a leaf is its class counts
    if depth and len(labels) > 1:
        saved, ties = best_splits(features, labels, bill)
        if saved > 0:
            column, threshold = ties[0]
            low = features[:, column] <= threshold
            sides = low, ~low
            children = (grow(features[s], labels[s], bill, depth - 1) for s in sides)
            return column, threshold, *children
    return labels.sum(axis=0)


def leaf_of(tree, case):
    while isinstance(tree, tuple):
        column, threshold, low, high = tree
        tree = low if case[column] <= threshold else high
    return tree


def leaves(tree):
    return leaves(tree[2]) + leaves(tree[3]) if isinstance(tree, tuple) else [tree]
