"""How readers share out a target and take a Bellman step on pmfs, right and wrong."""

import math
from fractions import Fraction

import numpy as np

from exercises import check
from lib import categorical_projection
from tests.exercises.bank import Bank

share = Bank(check.project_target)
step = Bank(check.bellman_step)
BANKS = [share, step]

# ---- one target ----------------------------------------------------------------------------------


@share.right
def interpolated(target, atoms):
    return [np.interp(target, atoms, row) for row in np.eye(len(atoms))]


@share.right
def by_lib(target, atoms):
    sure = np.zeros(len(atoms))
    sure[-1] = 1
    return categorical_projection(target, 0, sure, atoms)


@share.right
def loop(target, atoms):
    target = min(max(target, atoms[0]), atoms[-1])
    m = [0.0] * len(atoms)
    for i in range(len(atoms) - 1):
        low, high = atoms[i], atoms[i + 1]
        if low <= target < high:
            m[i] = (high - target) / (high - low)
            m[i + 1] = (target - low) / (high - low)
    if target == atoms[-1]:
        m[-1] = 1
    return m


@share.right
def searched(target, atoms):
    target = np.clip(target, atoms[0], atoms[-1])
    i = min(np.searchsorted(atoms, target, side="right") - 1, len(atoms) - 2)
    part = (target - atoms[i]) / (atoms[i + 1] - atoms[i])
    m = np.zeros(len(atoms))
    m[i], m[i + 1] = 1 - part, part
    return m


@share.right
def fractions_(target, atoms):
    z = [Fraction(float(x)) for x in atoms]
    t = min(max(Fraction(float(target)), z[0]), z[-1])
    m = [Fraction(0)] * len(z)
    for i in range(len(z) - 1):
        if z[i] <= t <= z[i + 1]:
            m[i], m[i + 1] = (z[i + 1] - t) / (z[i + 1] - z[i]), (t - z[i]) / (z[i + 1] - z[i])
            return m
    return m


@share.right
def single(target, atoms):
    return np.float32(searched(np.float32(target), atoms.astype(np.float32)))


@share.right
def triangle_to_each_side(target, atoms):
    target = np.clip(target, atoms[0], atoms[-1])
    gaps = np.diff(atoms)
    left, right = np.append(gaps[0], gaps), np.append(gaps, gaps[-1])
    away = target - atoms
    return np.maximum(0, 1 - np.where(away > 0, away / right, -away / left))


@share.right
def floor_ceil_mended(target, atoms):
    b = np.interp(target, atoms, np.arange(len(atoms)))
    low, high = math.floor(b), math.ceil(b)
    m = np.zeros(len(atoms))
    m[low] += high + (low == high) - b
    m[high] += b - low
    return m


@share.right
def difference_of_ramps(target, atoms):
    heads = np.clip((target - atoms[:-1]) / np.diff(atoms), 0, 1)  # how far each gap is passed
    return -np.diff(np.concatenate([[1], heads, [0]]))


@share.wrong("one atom gets all")
def nearest(target, atoms):
    return (np.arange(len(atoms)) == np.abs(atoms - target).argmin()) * 1.0


@share.wrong("shares are exchanged")
def exchanged(target, atoms):
    m = np.array(searched(target, atoms))
    places = np.flatnonzero(m)
    m[places] = m[places[::-1]]
    return m


@share.wrong("the mass is gone")
def floor_ceil(target, atoms):
    b = np.interp(target, atoms, np.arange(len(atoms)))
    low, high = math.floor(b), math.ceil(b)
    m = np.zeros(len(atoms))
    m[low] += high - b
    m[high] += b - low
    return m


@share.wrong("nothing is left")
def not_clipped(target, atoms):
    if target < atoms[0] or target > atoms[-1]:
        return np.zeros(len(atoms))
    return searched(target, atoms)


@share.wrong("goes on beyond the ends")
def extrapolated(target, atoms):
    i = int(np.clip(np.searchsorted(atoms, target, side="right") - 1, 0, len(atoms) - 2))
    part = (target - atoms[i]) / (atoms[i + 1] - atoms[i])
    m = np.zeros(len(atoms))
    m[i], m[i + 1] = 1 - part, part
    return m


@share.wrong("get a half")
def halves(target, atoms):
    m = np.array(searched(target, atoms)) > 0
    return m / m.sum()


@share.wrong("one atom gets all")
def floored(target, atoms):
    i = np.searchsorted(atoms, target, side="right") - 1
    return np.eye(len(atoms))[max(i, 0)]


@share.wrong("one atom gets all")
def ceiled(target, atoms):
    i = np.searchsorted(atoms, target)
    return np.eye(len(atoms))[min(i, len(atoms) - 1)]


@share.wrong("not divided by the gap")
def no_gap(target, atoms):
    return np.maximum(0, 1 - np.abs(np.clip(target, atoms[0], atoms[-1]) - atoms))


@share.wrong("first gap everywhere")
def one_gap(target, atoms):
    gap = atoms[1] - atoms[0]
    return np.maximum(0, 1 - np.abs(np.clip(target, atoms[0], atoms[-1]) - atoms) / gap)


@share.wrong("this is the clipped target")
def clipped(target, atoms):
    return np.clip(target, atoms[0], atoms[-1])


@share.wrong("distances from the target")
def distances(target, atoms):
    return np.abs(atoms - target)


@share.wrong("there twice")
def twice_on_an_atom(target, atoms):
    m = np.array(searched(target, atoms))
    return 2 * m if (m == 1).any() else m


@share.wrong("not their shape")
def column(target, atoms):
    return np.array(searched(target, atoms))[:, None]


@share.wrong("another shape")
def one_atom_short(target, atoms):
    return searched(target, atoms)[:-1]


@share.wrong("changes atoms")
def in_place(target, atoms):
    m = searched(target, atoms)
    atoms -= 1
    return m


@share.wrong(None)
def a_bell(target, atoms):
    m = np.exp(-((atoms - target) ** 2))
    return m / m.sum()


# ---- one Bellman step ----------------------------------------------------------------------------


@step.right
def mixed(chances, rewards, discounts, pmfs, atoms):
    return chances @ categorical_projection(rewards, discounts, pmfs, atoms)


@step.right
def outcome_by_outcome(chances, rewards, discounts, pmfs, atoms):
    m = 0
    for c, r, g, p in zip(chances, rewards, discounts, pmfs, strict=True):
        m = m + c * categorical_projection(r, g, p, atoms)
    return m


@step.right
def every_target(chances, rewards, discounts, pmfs, atoms):
    m = np.zeros(len(atoms))
    for k in range(len(chances)):
        for j in range(len(atoms)):
            target = rewards[k] + discounts[k] * atoms[j]
            m += chances[k] * pmfs[k][j] * np.array(interpolated(target, atoms))
    return m


@step.right
def triangle(chances, rewards, discounts, pmfs, atoms):
    targets = np.clip(rewards[:, None] + discounts[:, None] * atoms, atoms[0], atoms[-1])
    near = np.maximum(0, 1 - np.abs(targets[..., None] - atoms) / (atoms[1] - atoms[0]))
    return np.einsum("k,kj,kji->i", chances, pmfs, near)


@step.right
def in_lists(chances, rewards, discounts, pmfs, atoms):
    z = atoms.tolist()
    m = [0.0] * len(z)
    for c, r, g, p in zip(*(x.tolist() for x in (chances, rewards, discounts, pmfs)), strict=True):
        for value, mass in zip(z, p, strict=True):
            for i, one in enumerate(loop(r + g * value, z)):
                m[i] += c * mass * one
    return m


@step.right
def fractions_step(chances, rewards, discounts, pmfs, atoms):
    m = [Fraction(0)] * len(atoms)
    for c, r, g, p in zip(chances, rewards, discounts, pmfs, strict=True):
        for value, mass in zip(atoms, p, strict=True):
            target = Fraction(float(r)) + Fraction(float(g)) * Fraction(float(value))
            for i, one in enumerate(fractions_(target, atoms)):
                m[i] += Fraction(float(c)) * Fraction(float(mass)) * one
    return m


@step.right
def single_step(chances, rewards, discounts, pmfs, atoms):
    return np.float32(mixed(chances, rewards, discounts, pmfs, atoms))


@step.right
def as_a_matrix(chances, rewards, discounts, pmfs, atoms):
    moves = [
        categorical_projection(r, g, np.eye(len(atoms)), atoms)
        for r, g in zip(rewards, discounts, strict=True)
    ]
    return sum(c * p @ move for c, p, move in zip(chances, pmfs, moves, strict=True))


@step.right
def floor_ceil_mended_step(chances, rewards, discounts, pmfs, atoms):
    gap, m = atoms[1] - atoms[0], np.zeros(len(atoms))
    for c, r, g, p in zip(chances, rewards, discounts, pmfs, strict=True):
        b = (np.clip(r + g * atoms, atoms[0], atoms[-1]) - atoms[0]) / gap
        low, high = np.floor(b).astype(int), np.ceil(b).astype(int)
        np.add.at(m, low, c * p * (high + (low == high) - b))
        np.add.at(m, high, c * p * (b - low))
    return m


@step.wrong("equally probable")
def plain_mean(chances, rewards, discounts, pmfs, atoms):
    return categorical_projection(rewards, discounts, pmfs, atoms).mean(axis=0)


@step.wrong("without their chances")
def summed(chances, rewards, discounts, pmfs, atoms):
    return categorical_projection(rewards, discounts, pmfs, atoms).sum(axis=0)


@step.wrong("averaged before the projection")
def averaged_first(chances, rewards, discounts, pmfs, atoms):
    return categorical_projection(chances @ rewards, chances @ discounts, chances @ pmfs, atoms)


@step.wrong("mean reward was taken")
def mean_reward(chances, rewards, discounts, pmfs, atoms):
    return chances @ categorical_projection(chances @ rewards, discounts, pmfs, atoms)


@step.wrong("discount is missing")
def no_discount(chances, rewards, discounts, pmfs, atoms):
    return chances @ categorical_projection(rewards, np.ones(len(chances)), pmfs, atoms)


@step.wrong("first discount was taken")
def no_end(chances, rewards, discounts, pmfs, atoms):
    return chances @ categorical_projection(rewards, discounts[0], pmfs, atoms)


@step.wrong("reward is missing")
def no_reward(chances, rewards, discounts, pmfs, atoms):
    return chances @ categorical_projection(0 * rewards, discounts, pmfs, atoms)


@step.wrong("reward was discounted too")
def all_discounted(chances, rewards, discounts, pmfs, atoms):
    return chances @ categorical_projection(discounts * rewards, discounts, pmfs, atoms)


@step.wrong("mass beyond the ends is lost")
def lost_beyond(chances, rewards, discounts, pmfs, atoms):
    m = np.zeros(len(atoms))
    for c, r, g, p in zip(chances, rewards, discounts, pmfs, strict=True):
        for value, mass in zip(atoms, p, strict=True):
            m += c * mass * np.array(not_clipped(r + g * value, atoms))
    return m


@step.wrong("loses its mass")
def floor_ceil_step(chances, rewards, discounts, pmfs, atoms):
    gap, m = atoms[1] - atoms[0], np.zeros(len(atoms))
    for c, r, g, p in zip(chances, rewards, discounts, pmfs, strict=True):
        b = (np.clip(r + g * atoms, atoms[0], atoms[-1]) - atoms[0]) / gap
        low, high = np.floor(b).astype(int), np.ceil(b).astype(int)
        np.add.at(m, low, c * p * (high - b))
        np.add.at(m, high, c * p * (b - low))
    return m


@step.wrong("nearest atom")
def to_the_nearest(chances, rewards, discounts, pmfs, atoms):
    m = np.zeros(len(atoms))
    for c, r, g, p in zip(chances, rewards, discounts, pmfs, strict=True):
        for value, mass in zip(atoms, p, strict=True):
            m[np.abs(atoms - (r + g * value)).argmin()] += c * mass
    return m


@step.wrong("Mix them with the chances")
def not_mixed(chances, rewards, discounts, pmfs, atoms):
    return categorical_projection(rewards, discounts, pmfs, atoms)


@step.wrong("this is the mean return")
def value(chances, rewards, discounts, pmfs, atoms):
    return sum(chances * (rewards + discounts * (pmfs @ atoms)))


@step.wrong("nothing moved")
def rows_only(chances, rewards, discounts, pmfs, atoms):
    return chances @ pmfs


@step.wrong("not their shape")
def as_a_row(chances, rewards, discounts, pmfs, atoms):
    return mixed(chances, rewards, discounts, pmfs, atoms)[None]


@step.wrong("changes pmfs")
def in_place_step(chances, rewards, discounts, pmfs, atoms):
    m = mixed(chances, rewards, discounts, pmfs, atoms)
    pmfs *= chances[:, None]
    return m


@step.wrong(None)
def most_probable_outcome(chances, rewards, discounts, pmfs, atoms):
    k = chances.argmax()
    return categorical_projection(rewards[k], discounts[k], pmfs[k], atoms)
