module
public import Lean
public meta import Lean
public section

/-!
# The program that judges, run by `rlhf_proofs` inside Lean

It elaborates no source of the library: it loads what was compiled, replays every constant through the kernel and
reports what each rests on. It is started when elaboration has ended, and every event carries a number that was drawn
then. Nothing of the library runs here: a compiled module that holds anything that Lean would run or obey on import
beyond `expectedExtensions` is refused before it is loaded. Job file, one instruction a line, fields separated by tabs:

    events PATH                 where results go, as JSON lines
    nonce TEXT                  what every event carries
    path DIR                    look for oleans in DIR too
    own NAME                    a module of the library, to be audited
    headline NAME               a theorem whose axioms are wanted, and what it assumes
    instance NAME THEOREM       NAME instantiates the headline theorem THEOREM
    audit ROOT PART PARTS       import ROOT, report and replay this part; forget all of the above but path

Written without `for` loops and most `List` and `Array` helpers: code generation for them fails
under the WebAssembly build.
-/

namespace Judge
open Lean

/-- Where events go, and what each carries. -/
structure Out where
  handle : IO.FS.Handle
  nonce : String

/-- Two-element JSON object field. -/
def field (k : String) (v : Json) : String × Json := (k, v)

/-- Appends one event and flushes, so that a killed process leaves what it had finished. -/
def emit (out : Out) (fields : List (String × Json)) : IO Unit := do
  out.handle.putStr ((Json.mkObj (field "nonce" (Json.str out.nonce) :: fields)).compress ++ "\n")
  out.handle.flush

/-- One word of a name, quoted where it could be read as several or as a number. -/
def partStr (s : String) : String :=
  if plain s.toList true then s else "«" ++ doubled s.toList ++ "»"
where
  plain : List Char → Bool → Bool
    | [], first => !first
    | c :: cs, first => c != '.' && c != '«' && c != '»' && !(first && c.isDigit) && plain cs false
  doubled : List Char → String
    | [] => ""
    | c :: cs => (if c == '»' then "»»" else String.singleton c) ++ doubled cs

/-- A name with its private prefix kept: distinct names print distinctly. -/
def nameStr : Name → String
  | .anonymous => ""
  | .str .anonymous s => partStr s
  | .num .anonymous n => Nat.repr n
  | .str p s => nameStr p ++ "." ++ partStr s
  | .num p n => nameStr p ++ "." ++ Nat.repr n

/-- Names as a JSON array, by plain recursion. -/
def namesJson (ns : List Name) (acc : Array Json := #[]) : Json :=
  match ns with
  | [] => Json.arr acc
  | n :: rest => namesJson rest (acc.push (Json.str (nameStr n)))

partial def listOf (a : Array Name) (i : Nat := 0) : List Name :=
  if h : i < a.size then a[i] :: listOf a (i + 1) else []

/-! ### Constants -/

/-- Canonical text of an expression: universe levels, names and structure; binder names, which do not
change the meaning, are left out. -/
partial def canon (e : Expr) (acc : String := "") : String :=
  match e with
  | .bvar i => acc ++ "#" ++ Nat.repr i
  | .fvar _ => acc ++ "?f"
  | .mvar _ => acc ++ "?m"
  | .sort l => acc ++ "S(" ++ toString l ++ ")"
  | .const n ls => levels ls (acc ++ nameStr n ++ "{") ++ "}"
  | .app f a => canon a (canon f (acc ++ "(") ++ " ") ++ ")"
  | .lam _ t b bi => canon b (canon t (acc ++ "λ" ++ binder bi) ++ ".")
  | .forallE _ t b bi => canon b (canon t (acc ++ "Π" ++ binder bi) ++ ".")
  | .letE _ t v b _ => canon b (canon v (canon t (acc ++ "L") ++ ":=") ++ ".")
  | .lit (.natVal n) => acc ++ Nat.repr n
  | .lit (.strVal s) => acc ++ String.quote s
  | .mdata _ e => canon e acc
  | .proj s i e => canon e (acc ++ "proj " ++ nameStr s ++ " " ++ Nat.repr i ++ " ")
where
  levels : List Level → String → String
    | [], acc => acc
    | l :: ls, acc => levels ls (acc ++ toString l ++ ",")
  binder : BinderInfo → String
    | .default => "("
    | .implicit => "{"
    | .strictImplicit => "{{"
    | .instImplicit => "["

/-- Kind, body (none where it is not visible to this environment). -/
def kindOf : ConstantInfo → String × Option Expr
  | .axiomInfo _ => ("axiom", none)
  | .defnInfo v => ("definition", some v.value)
  | .thmInfo v => ("theorem", some v.value)
  | .opaqueInfo v => ("opaque", some v.value)
  | .quotInfo _ => ("quot", none)
  | .inductInfo _ => ("inductive", none)
  | .ctorInfo _ => ("constructor", none)
  | .recInfo _ => ("recursor", none)

/-- One pass of `stripped`, from the outside in. -/
partial def withoutIdle (e : Expr) : Expr :=
  e.replace fun
    | .letE _ _ _ b _ => if b.hasLooseBVar 0 then none else some (withoutIdle (b.lowerLooseBVars 1 1))
    | .app f a => if f.isLambda then some (withoutIdle (Expr.app f a).headBeta) else none
    | .mdata _ e => some (withoutIdle e)
    | _ => none

/-- A proof without the parts that it does not use: unused `have`s and `let`s, applied functions that ignore their
argument. What a detour through a lemma or a projection hides is not found. -/
partial def stripped (e : Expr) : Expr :=
  let e' := withoutIdle e
  if e' == e then e else stripped e'

/-- Hypotheses that the proof never mentions: binders of the statement whose variable occurs neither in the
rest of the statement nor in the proof. -/
partial def unusedBinders (type value : Expr) : List Name :=
  match type, value with
  | .forallE n _ b _, .lam _ _ v _ =>
    let rest := unusedBinders b v
    if b.hasLooseBVar 0 || v.hasLooseBVar 0 then rest else n :: rest
  | .mdata _ t, v => unusedBinders t v
  | t, .mdata _ v => unusedBinders t v
  | _, _ => []

/-- Pretty-printed statement; the canonical text where printing fails. -/
def pretty (env : Environment) (e : Expr) : IO String := do
  try
    let f ← PrettyPrinter.ppExprLegacy env {} {} {} e
    return f.pretty 100
  catch _ => return canon e

/-- Whether a type is a class under its binders: what has such a type is, or may serve as, an instance. -/
def classValued (env : Environment) (e : Expr) : Bool :=
  match e.getForallBody.getAppFn with
  | .const n _ => isClass env n
  | _ => false

def emitConstant (out : Out) (env : Environment) (mod n : Name) : IO Unit := do
  match env.find? n with
  | none => emit out [field "event" "constant", field "name" (Json.str (nameStr n)), field "module" (Json.str (nameStr mod)),
      field "kind" "missing"]
  | some c =>
    let (kind, value) := kindOf c
    let uses := match value with
      | some v => listOf v.getUsedConstants
      | none => []
    let unused := match kind, value with
      | "theorem", some v => unusedBinders c.type (if c.type.isForall then stripped v else v)
      | _, _ => []
    let body := match kind, value with
      | "definition", some v => Json.str (canon v)
      | _, _ => Json.null
    let statement ← if kind == "theorem" && !n.isInternal then pretty env c.type else pure ""
    emit out [field "event" "constant", field "name" (Json.str (nameStr n)), field "module" (Json.str (nameStr mod)),
      field "kind" (Json.str kind), field "statement" (Json.str statement), field "type" (Json.str (canon c.type)),
      field "value" body, field "instance" (classValued env c.type), field "type_uses" (namesJson (listOf c.type.getUsedConstants)),
      field "value_uses" (namesJson uses), field "unused" (namesJson unused)]

partial def emitConstants (out : Out) (env : Environment) (mod : Name) (ns : Array Name) (i : Nat := 0) : IO Unit := do
  if h : i < ns.size then
    emitConstant out env mod ns[i]
    emitConstants out env mod ns (i + 1)

/-! ### Census: what a statement assumes, binder by binder -/

def isProposition (env : Environment) (lctx : LocalContext) (e : Expr) : IO Bool := do
  let (answer, _) ← ((Meta.isProp e).run' { lctx } {}).toIO { fileName := "<census>", fileMap := default } { env }
  return answer

/-- The constant that a type is an application of, under its own binders. -/
def headStr (e : Expr) : String :=
  match e.getForallBody.getAppFn with
  | .const n _ => nameStr n
  | _ => ""

/-- Binders of a statement in order, and what is left when they are taken off. -/
partial def census (env : Environment) (lctx : LocalContext) (acc : Array Json) : Expr → IO (Array Json × String)
  | .mdata _ e => census env lctx acc e
  | .forallE n t b bi => do
    let id : FVarId := ⟨.num `census acc.size⟩
    let type ← PrettyPrinter.ppExprLegacy env {} lctx {} t
    let isProp ← isProposition env lctx t
    let kind := if bi == .instImplicit then "instance" else if isProp then "hypothesis" else "variable"
    let binder := Json.mkObj [field "name" (Json.str (nameStr n.eraseMacroScopes)), field "kind" (Json.str kind),
      field "type" (Json.str (type.pretty 100)), field "head" (Json.str (headStr t)), field "class" (classValued env t)]
    census env (lctx.mkLocalDecl id n t bi) (acc.push binder) (b.instantiate1 (.fvar id))
  | e => do return (acc, (← PrettyPrinter.ppExprLegacy env {} lctx {} e).pretty 100)

partial def emitCensus (out : Out) (env : Environment) : List Name → IO Unit
  | [] => return ()
  | n :: rest => do
    match env.find? n with
    | some c =>
      let (binders, conclusion) ← census env {} #[] c.type
      emit out [field "event" "census", field "name" (Json.str (nameStr n)), field "binders" (Json.arr binders),
        field "conclusion" (Json.str conclusion)]
    | none => pure ()
    emitCensus out env rest

/-- The constructors among the constants of a module: their binders are the fields of structures. -/
partial def constructorsAmong (env : Environment) (ns : Array Name) (i : Nat := 0) : List Name :=
  if h : i < ns.size then
    match env.find? ns[i] with
    | some (.ctorInfo _) => ns[i] :: constructorsAmong env ns (i + 1)
    | _ => constructorsAmong env ns (i + 1)
  else []

/-- Leaves outside the library: what they are in this environment. With the official toolchain the walk goes on
into core; the WebAssembly build ships core without proofs, and its theorems show as axioms. -/
partial def walkCore (env : Environment) (own : NameSet) : List Name → NameSet → List Name → List Name
  | [], _, axs => axs
  | n :: rest, seen, axs =>
    if seen.contains n then walkCore env own rest seen axs
    else match env.find? n with
      | some c =>
        let (kind, value) := kindOf c
        let next := push (listOf c.type.getUsedConstants) rest
        let next := match value with
          | some v => push (listOf v.getUsedConstants) next
          | none => next
        walkCore env own next (seen.insert n) (if kind == "axiom" then n :: axs else axs)
      | none => walkCore env own rest (seen.insert n) (n :: axs)
where
  push : List Name → List Name → List Name
    | [], l => l
    | n :: ns, l => push ns (n :: l)

partial def constantsOf (env : Environment) (mod : Name) : Array Name :=
  match env.getModuleIdx? mod with
  | none => #[]
  | some i => (env.header.moduleData[i.toNat]!).constNames

/-! ### Headline theorems and their instances -/

/-- Lean's monad where nothing is elaborated; only reducible definitions are unfolded. -/
def runMeta {α : Type} (env : Environment) (lctx : LocalContext) (act : MetaM α) : IO α := do
  let (answer, _) ← ((Meta.withReducible act).run' { lctx } {}).toIO
    { fileName := "<audit>", fileMap := default, maxHeartbeats := 0 } { env }
  return answer

/-- A type with its leading variables left open; none where it is conditional on a proposition. -/
partial def opened (type : Expr) : MetaM (Option Expr) := do
  match ← Meta.whnf type with
  | .forallE _ t b _ =>
    if ← Meta.isProp t then return none
    let x ← Meta.mkFreshExprMVar (some t)
    opened (b.instantiate1 x)
  | e => return some e

/-- Both sides of a conjunction; none for anything else. -/
def sides : Expr → Option (Expr × Expr)
  | .app (.app (.const ``And _) a) b => some (a, b)
  | _ => none

/-- Whether `goal` is an instance of the part of `type` that `view` shows, or of a conjunct of that part. -/
partial def partOf (env : Environment) (lctx : LocalContext) (type goal : Expr) (view : Expr → Expr) : IO Bool := do
  let answer ← runMeta env lctx do
    let some body ← opened type | return none
    if ← Meta.isDefEq (view body) goal then return some true
    match sides (view body) with
    | some _ => return some false
    | none => return none
  match answer with
  | some true => return true
  | none => return false
  | some false =>
    if ← partOf env lctx type goal fun e => (((sides (view e)).map (·.1)).getD e) then return true
    partOf env lctx type goal fun e => (((sides (view e)).map (·.2)).getD e)

partial def among (env : Environment) (lctx : LocalContext) (hyps : List Expr) (goal : Expr) : IO Bool := do
  match hyps with
  | [] => return false
  | h :: rest => if ← partOf env lctx h goal id then return true else among env lctx rest goal

/-- Whether reducible unfolding alone gives `goal` from hypotheses, given by what they say: it is one, an instance of
one, a part of one, put together from such, `True`, or `a = a`. -/
partial def granted (env : Environment) (lctx : LocalContext) (hyps : List Expr) (goal : Expr) : IO Bool := do
  -- Not the unfolding alone: what Lean implements elsewhere cannot be passed around under the WebAssembly build.
  let (goal, _) ← runMeta env lctx do return (← Meta.whnf goal, ())
  match goal with
  | .forallE n t b bi =>
    let id : FVarId := ⟨.num `granted lctx.decls.size⟩
    let hyps := if ← isProposition env lctx t then t :: hyps else hyps
    granted env (lctx.mkLocalDecl id n t bi) hyps (b.instantiate1 (.fvar id))
  | .const ``True _ => return true
  | .app (.app (.const ``And _) a) b =>
    if ← granted env lctx hyps a then granted env lctx hyps b else return false
  | .app (.app (.app (.const ``Eq ls) c) a) b =>
    if ← runMeta env lctx (Meta.isDefEq a b) then return true
    among env lctx hyps (.app (.app (.app (.const ``Eq ls) c) a) b)
  | goal => among env lctx hyps goal

/-- Constants of a statement that are, or may serve as, instances. -/
partial def instancesAmong (env : Environment) : List Name → List Name
  | [] => []
  | n :: rest =>
    match env.find? n with
    | some c => if classValued env c.type then n :: instancesAmong env rest else instancesAmong env rest
    | none => instancesAmong env rest

partial def emitHeadlines (out : Out) (env : Environment) : List Name → IO Unit
  | [] => return ()
  | n :: rest => do
    if let some c := env.find? n then
      emit out [field "event" "headline", field "name" (Json.str (nameStr n)), field "granted" (← granted env {} [] c.type),
        field "instances" (namesJson (instancesAmong env (listOf c.type.getUsedConstants)))]
    emitHeadlines out env rest

partial def arity : Expr → Nat
  | .forallE _ _ b _ => arity b + 1
  | .mdata _ e => arity e
  | _ => 0

/-- The body of a proof under the binders of its statement. -/
partial def underBinders (type value : Expr) (i : Nat := 0) : Expr :=
  match type, value with
  | .mdata _ t, v => underBinders t v i
  | t, .mdata _ v => underBinders t v i
  | .forallE _ _ b _, .lam _ _ v _ => underBinders b (v.instantiate1 (.fvar ⟨.num `argument i⟩)) (i + 1)
  | _, v => v

/-- Whether the proof applies `theorem` to all that it wants, nothing of it assumed inside the proof. -/
def discharges (c : ConstantInfo) (headline : ConstantInfo) : Bool :=
  match (kindOf c).2 with
  | none => false
  | some value =>
    let body := underBinders c.type (stripped value)
    match body.find? fun e => e.isAppOf headline.name && arity headline.type <= e.getAppNumArgs && !e.hasLooseBVars with
    | some _ => true
    | none => false

partial def emitInstances (out : Out) (env : Environment) : List (Name × Name) → IO Unit
  | [] => return ()
  | (n, headline) :: rest => do
    match env.find? n, env.find? headline with
    | some c, some h =>
      emit out [field "event" "instance", field "name" (Json.str (nameStr n)),
        field "of" (Json.str (nameStr headline)), field "discharged" (discharges c h)]
      emitCensus out env [n]
    | _, _ => pure ()
    emitInstances out env rest

/-! ### Replay

Every constant of the library is sent to the kernel again, on top of core alone, from what the oleans hold: a
declaration that got into an environment without the kernel's consent is found here.

Several processes share the work. All go through the constants in the same order, each after those it mentions; a
process takes over unchecked what is another's to check. A constant is thus checked on top of earlier ones only, in
whichever process: together they have checked everything, and nothing in a circle. -/

structure Replay where
  kenv : Kernel.Environment
  /-- This process checks every constant whose place in the order is `part` modulo `parts`. -/
  part : Nat
  parts : Nat
  place : Nat := 0
  seen : NameSet := {}
  checked : List Name := []

def mentioned (c : ConstantInfo) : List Name :=
  match (kindOf c).2 with
  | some v => walkCore.push (listOf c.type.getUsedConstants) (listOf v.getUsedConstants)
  | none => listOf c.type.getUsedConstants

def addInTurn (r : Replay) (d : Declaration) (n : Name) : IO Replay :=
  let mine := r.place % r.parts == r.part
  match if mine then r.kenv.addDecl {} d else r.kenv.addDeclWithoutChecking d with
  | .ok kenv => return { r with kenv, place := r.place + 1, checked := if mine then n :: r.checked else r.checked }
  | .error _ => throw (IO.userError s!"the kernel rejects {nameStr n}")

/-- A constructor or recursor that the kernel made from its inductive type must be the one in the olean. -/
def compare (r : Replay) (c : ConstantInfo) : IO Replay :=
  match r.kenv.find? c.name with
  | some c' =>
    if c'.type == c.type && rules c' == rules c then return { r with checked := c.name :: r.checked }
    else throw (IO.userError s!"{nameStr c.name} is not what the kernel generates")
  | none => throw (IO.userError s!"{nameStr c.name} is generated by no inductive type of the library")
where
  rules : ConstantInfo → List Expr
    | .recInfo v => go v.rules
    | _ => []
  go : List RecursorRule → List Expr
    | [] => []
    | x :: xs => x.rhs :: go xs

mutual
partial def replayNames (env : Environment) (own : NameSet) : List Name → Replay → IO Replay
  | [], r => return r
  | n :: rest, r => do replayNames env own rest (← replayName env own n r)

partial def replayName (env : Environment) (own : NameSet) (n : Name) (r : Replay) : IO Replay := do
  if r.seen.contains n || !own.contains n then return r
  let some c := env.find? n | throw (IO.userError s!"{nameStr n} is missing")
  let r := { r with seen := r.seen.insert n }
  match c with
  | .ctorInfo v => compare (← replayName env own v.induct r) c
  | .recInfo v => compare (← replayNames env own v.all r) c
  | .inductInfo v =>
    let ctors ← constructors env v.ctors
    let r ← replayNames env own (listOf c.type.getUsedConstants) r
    let r ← replayNames env own (ctorMentions ctors) r
    addInTurn r (.inductDecl v.levelParams v.numParams [{ name := n, type := v.type, ctors }] v.isUnsafe) n
  | _ =>
    let r ← replayNames env own (mentioned c) r
    match c with
    | .defnInfo v => addInTurn r (.defnDecl v) n
    | .thmInfo v => addInTurn r (.thmDecl v) n
    | .opaqueInfo v => addInTurn r (.opaqueDecl v) n
    | .axiomInfo v => addInTurn r (.axiomDecl v) n
    | _ => throw (IO.userError s!"{nameStr n} is of a kind that the replay does not know")

partial def constructors (env : Environment) : List Name → IO (List Constructor)
  | [] => return []
  | n :: rest => do
    let some c := env.find? n | throw (IO.userError s!"constructor {nameStr n} is missing")
    return { name := n, type := c.type } :: (← constructors env rest)

partial def ctorMentions : List Constructor → List Name
  | [] => []
  | c :: rest => walkCore.push (listOf c.type.getUsedConstants) (ctorMentions rest)
end

partial def ownNames (env : Environment) : List Name → List Name → NameSet → List Name × NameSet
  | [], l, s => (l, s)
  | m :: rest, l, s =>
    let ns := listOf (constantsOf env m)
    ownNames env rest (walkCore.push ns l) (insertAll ns s)
where
  insertAll : List Name → NameSet → NameSet
    | [], s => s
    | n :: ns, s => insertAll ns (s.insert n)

def replay (base env : Environment) (own : List Name) (part parts : Nat) : IO (List Name) := do
  let (names, set) := ownNames env own [] {}
  let r ← replayNames env set names { kenv := base.toKernelEnv, part, parts }
  return r.checked

partial def emitModules (out : Out) (env : Environment) (part parts place : Nat) : List Name → IO Unit
  | [] => return ()
  | m :: rest => do
    if place % parts == part then
      emitConstants out env m (constantsOf env m)
      emitCensus out env (constructorsAmong env (constantsOf env m))
    emitModules out env part parts (place + 1) rest

def emitAxioms (out : Out) (env : Environment) : List Name → IO Unit
  | [] => return ()
  | n :: rest => do
    emit out [field "event" "axioms", field "name" (Json.str (nameStr n)),
      field "axioms" (namesJson (walkCore env {} [n] {} []))]
    emitAxioms out env rest

/-- Whether this Lean ships core with its proofs, so that axioms below core lemmas can be seen. -/
def coreVisible (env : Environment) : Bool :=
  match env.find? `Nat.add_comm with
  | some (.thmInfo _) => true
  | _ => false

/-! ### The audit -/

/-- Extensions that a compiled module of the library may hold entries of: names, places, documentation, structures,
classes, instances, and what tactics and the compiler know of a definition. What is not here may be run on import, or
change how text is read and printed. -/
def expectedExtensions : List String := [
  "_private.Lean.AddDecl.0.Lean.privateConstKindsExt", "_private.Lean.Compiler.ModPkgExt.0.Lean.modPkgExt",
  "_private.Lean.DocString.Extension.0.Lean.moduleDocExt", "_private.Lean.Structure.0.Lean.structureExt",
  "Lean.Compiler.LCNF.UnreachableBranches.functionSummariesExt", "Lean.Compiler.LCNF.baseExt", "Lean.Compiler.LCNF.monoExt",
  "Lean.Compiler.inlineAttrs", "Lean.Elab.Structural.eqnInfoExt", "Lean.IR.declMapExt", "Lean.Meta.Grind.grindExt",
  "Lean.Meta.Match.Extension.extension", "Lean.Meta.completionBlackListExt", "Lean.Meta.globalInstanceExtension",
  "Lean.Meta.instanceExtension", "Lean.Meta.simpExtension", "Lean.aliasExtension", "Lean.auxRecExt", "Lean.classExtension",
  "Lean.declRangeExt", "Lean.defeqAttr", "Lean.docStringExt", "Lean.extraModUses", "Lean.namespacesExt", "Lean.noConfusionExt",
  "Lean.noncomputableExt", "Lean.projectionFnInfoExt", "Lean.protectedExt", "recExt", "reducibilityCore", "sineQueNon", "symbolFrequency"]

def expected (name : String) : List String → Bool
  | [] => false
  | n :: rest => n == name || expected name rest

/-- Extensions that a module holds entries of and must not. -/
partial def strangers (entries : Array (Name × Array EnvExtensionEntry)) (i : Nat := 0) : List Name :=
  if h : i < entries.size then
    let (name, found) := entries[i]
    if found.size == 0 || expected (nameStr name) expectedExtensions then strangers entries (i + 1)
    else name :: strangers entries (i + 1)
  else []

def allOf : List Name → String
  | [] => ""
  | [n] => nameStr n
  | n :: rest => nameStr n ++ ", " ++ allOf rest

partial def refuseStrangers (out : Out) (env : Environment) : List Name → IO Unit
  | [] => return ()
  | m :: rest => do
    match env.getModuleIdx? m with
    | none => throw (IO.userError s!"{nameStr m} is not among the compiled modules")
    | some i =>
      match strangers (env.header.moduleData[i.toNat]!).entries with
      | [] => refuseStrangers out env rest
      | found => throw (IO.userError s!"the compiled {nameStr m} holds entries of {allOf found}")

/-- What the audit is told before it begins. -/
structure Job where
  out : Out
  own : List Name := []
  headlines : List Name := []
  instances : List (Name × Name) := []
  /-- Core alone, for replays; imported once. -/
  base : Option Environment := none

def audit (job : Job) (base : Environment) (root : Name) (part parts : Nat) : IO Unit := do
  let out := job.out
  let imports : Array Import := #[{ module := root }]
  let (_, loaded) ← (importModulesCore (globalLevel := .private) imports).run default
  -- Constants only: nothing of a module is run, nor read, before this.
  refuseStrangers out (← finalizeImport loaded imports {} 0 false false (level := .private)) job.own
  -- Extensions loaded: statements are printed in the usual notation.
  let env ← finalizeImport loaded imports {} 0 false true (level := .private)
  emitModules out env part parts 0 job.own
  if part == 0 then
    emitCensus out env job.headlines
    emitHeadlines out env job.headlines
    emitInstances out env job.instances
    if coreVisible env then emitAxioms out env job.headlines
  let t0 ← IO.monoMsNow
  let names ← replay base env job.own part parts
  let t1 ← IO.monoMsNow
  emit out [field "event" "replayed", field "root" (Json.str (nameStr root)), field "names" (namesJson names),
    field "milliseconds" (t1 - t0)]

partial def runLines (lines : List String) (job : Job) : IO Unit := do
  match lines with
  | [] => return ()
  | line :: rest =>
    match line.splitOn "\t" with
    | ["path", dir] =>
      searchPathRef.modify (System.FilePath.mk dir :: ·)
      runLines rest job
    | ["own", mod] => runLines rest { job with own := mod.toName :: job.own }
    | ["headline", n] => runLines rest { job with headlines := n.toName :: job.headlines }
    | ["instance", n, of] => runLines rest { job with instances := (n.toName, of.toName) :: job.instances }
    | ["audit", root, part, parts] =>
      let base ← match job.base with
        | some base => pure base
        | none => importModules #[{ module := `Init }] {} (level := .private)
      try audit job base root.toName part.toNat! parts.toNat!
      catch e => emit job.out [field "event" "rejected", field "root" (Json.str root), field "text" (Json.str (toString e))]
      runLines rest { out := job.out, base := some base }
    | [""] => runLines rest job
    | _ => throw (IO.userError s!"the job has a line that is not an instruction: {line}")

/-- Runs a job file whose first two lines name the events file and the nonce. -/
def runJob (path : String) : IO Unit := do
  let text ← IO.FS.readFile path
  match text.splitOn "\n" with
  | first :: second :: rest =>
    match first.splitOn "\t", second.splitOn "\t" with
    | ["events", events], ["nonce", nonce] =>
      let out : Out := { handle := ← IO.FS.Handle.mk events .append, nonce }
      emit out [field "event" "lean", field "version" (Json.str Lean.versionString)]
      try
        runLines rest { out }
        emit out [field "event" "done"]
      catch e => emit out [field "event" "failed", field "text" (Json.str (toString e))]
    | _, _ => throw (IO.userError "a job begins with the events file and the nonce")
  | _ => throw (IO.userError "a job begins with the events file and the nonce")

end Judge

/-- Entry point: `lean --run Audit.lean JOB`. The exit status says nothing (it is lost under the
WebAssembly build); the events file does. -/
public def main (args : List String) : IO UInt32 := do
  match args with
  | [job] => Judge.runJob job
  | _ => throw (IO.userError "one argument: the job file")
  IO.Process.exit 0
