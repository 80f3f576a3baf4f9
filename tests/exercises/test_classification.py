"""Exercises on classification: what is right passes, and a slip is called by its name."""

import math

import numpy as np
import pytest

from exercises import check, classification
from tests.exercises import bank, bank_classification
from tests.exercises.bank import right_log_softmax


def right_losses(classes, z):
    return [-right_log_softmax(row)[c] for row, c in zip(z, classes, strict=True)]


def textbook_log_softmax(z, axis=-1):
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def one_largest_log_softmax(z):
    shifted = z - z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_over_everything(z):
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


def losses_of(log_p):
    """Return a reader's loss that takes the logarithms of the probabilities from `log_p`."""
    return lambda classes, z: -log_p(z)[np.arange(len(classes)), classes]


def in_place_of(function, other, is_meant):
    """Return `function`, but `other` on the inputs of which `is_meant` is true."""
    return lambda *args: (other if is_meant(*args) else function)(*args)


def softmax(z, axis=-1):
    w = np.exp(z - z.max(axis=axis, keepdims=True))
    return w / w.sum(axis=axis, keepdims=True)


RIGHT = {
    check.log_softmax: (right_log_softmax, "✓ log_softmax: 7 cases agree with lib.log_softmax"),
    check.cross_entropy_from_logits: (
        right_losses,
        "✓ cross_entropy_from_logits: 7 cases agree with lib.cross_entropy_from_logits",
    ),
    check.cross_entropy_gradient: (
        lambda p, z: np.exp(right_log_softmax(z)) - p,
        "✓ cross_entropy_gradient: 5 cases agree with lib.cross_entropy_gradient",
    ),
}


SLIPS = [
    (check.log_softmax, softmax, 1, "these are the probabilities"),
    (check.log_softmax, textbook_log_softmax, 3, "no room in a float"),
    (check.log_softmax, lambda z: np.log(np.exp(z) / np.exp(z).sum()), 2, "over everything"),
    (check.log_softmax, lambda z: np.log(softmax(z)), 5, "became 0 before its logarithm"),
    (
        check.log_softmax,
        in_place_of(textbook_log_softmax, lambda z: textbook_log_softmax(z, 0), lambda z: z.ndim),
        2,
        "along axis 0",
    ),
    (
        check.log_softmax,
        lambda z: z - np.log(np.exp(z - z.max(-1, keepdims=True)).sum(-1, keepdims=True)),
        1,
        "subtracted inside the sum only",
    ),
    (check.log_softmax, lambda z: z - z.max(-1, keepdims=True), 1, "log Σ is missing"),
    (check.log_softmax, lambda z: right_log_softmax(z) / np.log(2), 1, "log2 was used"),
    (check.log_softmax, lambda z: -right_log_softmax(z), 1, "minus sign"),
    (check.log_softmax, lambda z: right_log_softmax(z)[..., 0], 1, "another shape"),
    (check.log_softmax, lambda z: np.log(softmax(z) + 1e-5), 1, "close, but off"),
    (
        check.cross_entropy_from_logits,
        lambda t, z: np.mean(right_losses(t, z)),
        1,
        "mean over the samples",
    ),
    (
        check.cross_entropy_from_logits,
        lambda t, z: np.sum(right_losses(t, z)),
        1,
        "sum over the samples",
    ),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: right_log_softmax(softmax(z))),
        1,
        "applied twice",
    ),
    (
        check.cross_entropy_from_logits,
        lambda t, z: -np.log(z[np.arange(len(t)), t]),
        1,
        "logits were taken for probabilities",
    ),
    (check.cross_entropy_from_logits, losses_of(lambda z: z), 1, "log Σ exp(z) is missing"),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: -softmax(z)),
        1,
        "probabilities of the classes",
    ),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: np.log(softmax(z, axis=0))),
        1,
        "along axis 0",
    ),
    (
        check.cross_entropy_from_logits,
        lambda t, z: -right_log_softmax(z)[:, t],
        1,
        "columns of all samples",
    ),
    (check.cross_entropy_from_logits, losses_of(textbook_log_softmax), 3, "no room in a float"),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: np.log(softmax(z))),
        5,
        "became 0 before its logarithm",
    ),
    (
        check.cross_entropy_gradient,
        lambda p, z: p - softmax(z),
        1,
        "the way down",
    ),
    (check.cross_entropy_gradient, lambda p, z: softmax(z), 1, "Subtract the target"),
    (check.cross_entropy_gradient, lambda p, z: -p / softmax(z), 1, "in each probability"),
    (check.cross_entropy_gradient, lambda p, z: right_log_softmax(z) - p, 1, "log softmax −"),
    (
        check.cross_entropy_gradient,
        lambda p, z: (softmax(z) - p) / len(z),
        2,
        "gradient of the mean",
    ),
    (
        check.cross_entropy_gradient,
        lambda p, z: (softmax(z) - p) / z.shape[1],
        1,
        "number of outcomes",
    ),
    (check.cross_entropy_gradient, lambda p, z: softmax(z, axis=0) - p, 1, "along axis 0"),
    (
        check.cross_entropy_gradient,
        lambda p, z: np.exp(z) / np.exp(z).sum(-1, keepdims=True) - p,
        4,
        "no room in a float",
    ),
    (check.cross_entropy_gradient, lambda p, z: -p, 1, "this is −target"),
    (check.cross_entropy_gradient, lambda p, z: p * (softmax(z) - 1), 1, "its own logit"),
    (
        check.cross_entropy_gradient,
        lambda p, z: softmax_over_everything(z) - p,
        2,
        "over everything",
    ),
    (
        check.cross_entropy_gradient,
        lambda p, z: np.exp(one_largest_log_softmax(z)) - p,
        5,
        "largest of all rows",
    ),
    (check.log_softmax, one_largest_log_softmax, 7, "largest of all rows"),
    (check.log_softmax, lambda z: np.log(softmax(z) + 1e-12), 4, "caps the surprise"),
    (check.log_softmax, lambda z: np.log(softmax(z).clip(1e-12)), 4, "caps the surprise"),
    (
        check.cross_entropy_from_logits,
        losses_of(one_largest_log_softmax),
        7,
        "largest of all rows",
    ),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: np.log(softmax(z) + 1e-12)),
        4,
        "caps the surprise",
    ),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: np.log(softmax_over_everything(z))),
        1,
        "over everything",
    ),
    (
        check.cross_entropy_from_logits,
        lambda t, z: losses_of(right_log_softmax)(t - 1, z),
        1,
        "counted from 1",
    ),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(classification, RIGHT, SLIPS, bank_classification.BANKS)


def test_a_loss_of_0_where_the_truth_is_1e_18_passes(capsys):
    # the slip is real (see lib.logits), but too small for a reader's first function
    check.log_softmax(right_log_softmax)
    assert right_log_softmax(np.array([40.0, 0.0]))[0] == 0
    assert capsys.readouterr().out.startswith("✓")


def test_single_precision_passes(capsys):
    check.log_softmax(lambda z: right_log_softmax(z.astype(np.float32)))
    assert capsys.readouterr().out.startswith("✓")


def test_a_logit_of_0_is_no_probability_of_0():
    with pytest.raises(check.CheckFailed) as failed:
        check.log_softmax(lambda z: np.full(z.shape, np.nan) if 0 in z else right_log_softmax(z))
    assert "0 · log 0" not in str(failed.value)
    with pytest.raises(check.CheckFailed) as failed:
        check.cross_entropy_from_logits(lambda t, z: math.log(0))
    assert "slip" not in str(failed.value)
