module
public import RLHF.Archimedean.Defs
public import RLHF.Reals.Log

/-!
# The reals are an exponential ordered field

What is modelled: `Real` with its `exp` and `log` obeys the laws that every theorem of the library
is stated over, and it is Archimedean.

## Main results
* `instExpFieldReal`, `archimedean_real`.
-/

@[expose] public section

namespace RLHF

/-- The reals, with their exponential and logarithm. -/
noncomputable instance instExpFieldReal : ExpField Real where
  exp := Real.exp
  log := Real.log
  exp_add := Real.exp_add
  add_one_le_exp := Real.add_one_le_exp
  exp_log := Real.exp_log

/-- The reals are Archimedean. -/
theorem archimedean_real : Archimedean Real := Real.exists_nat_ge

end RLHF
