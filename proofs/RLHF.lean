module
public import RLHF.Ascent.Defs
public import RLHF.Ascent.Engine
public import RLHF.Ascent.Rate
public import RLHF.Decomposition.Basic
public import RLHF.Examples
public import RLHF.Examples.Gradient
public import RLHF.Foundations.Defs
public import RLHF.Foundations.Exp
public import RLHF.Foundations.Order
public import RLHF.Foundations.Sum
public import RLHF.Foundations.Vector
public import RLHF.Foundations.Weighted
public import RLHF.Geometry.Alignment
public import RLHF.Geometry.Comparison
public import RLHF.Geometry.Domination
public import RLHF.Geometry.Variance
public import RLHF.Gradient.Defs
public import RLHF.Gradient.Objective
public import RLHF.Gradient.OneVariable
public import RLHF.Gradient.Policy
public import RLHF.Gradient.Rules
public import RLHF.Main
public import RLHF.Main.Gradient
public import RLHF.Policy.Basic
public import RLHF.Policy.Defs
public import RLHF.Policy.Divergence
public import RLHF.Policy.Variational
public import RLHF.Stability.Defs
public import RLHF.Stability.Sample

/-! Root of the library: imports every module. -/
