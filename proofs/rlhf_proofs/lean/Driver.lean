module
public import Lean
public meta import Lean
public section

/-!
# The driver that `rlhf_proofs` runs inside Lean

One process elaborates the modules it is told to, in the order given, writes their oleans, and then
audits the whole library: it replays every constant through the kernel and reports what each rests on.
Results go as JSON lines to a file of their own, so that nothing a source prints can be mistaken for
a result. Job file, one instruction a line, fields separated by tabs:

    events PATH                 where results go
    path DIR                    look for oleans in DIR too
    wait PATH                   go on when PATH exists
    set NAME                    turn an option on for the modules that follow
    module NAME SOURCE OLEAN    elaborate SOURCE as module NAME, write OLEAN
    own NAME                    a module of the library, to be audited
    headline NAME               a theorem whose axioms are wanted
    audit ROOT PART PARTS       import ROOT, report and replay this part; forget own and headline lines

Written without `for` loops and most `List` and `Array` helpers: code generation for them fails
under the WebAssembly build.
-/

namespace Driver
open Lean Elab

/-- Two-element JSON object field. -/
def field (k : String) (v : Json) : String × Json := (k, v)

/-- Appends one event and flushes, so that a killed process leaves what it had finished. -/
def emit (out : IO.FS.Handle) (fields : List (String × Json)) : IO Unit := do
  out.putStr ((Json.mkObj fields).compress ++ "\n")
  out.flush

/-- A name with its private prefix kept: distinct constants print distinctly. -/
def nameStr : Name → String
  | .anonymous => ""
  | .str .anonymous s => s
  | .num .anonymous n => Nat.repr n
  | .str p s => nameStr p ++ "." ++ s
  | .num p n => nameStr p ++ "." ++ Nat.repr n

/-- Names as a JSON array, by plain recursion. -/
def namesJson (ns : List Name) (acc : Array Json := #[]) : Json :=
  match ns with
  | [] => Json.arr acc
  | n :: rest => namesJson rest (acc.push (Json.str (nameStr n)))

partial def listOf (a : Array Name) (i : Nat := 0) : List Name :=
  if h : i < a.size then a[i] :: listOf a (i + 1) else []

/-! ### Elaborating a module -/

def severityStr : MessageSeverity → String
  | .error => "error"
  | .warning => "warning"
  | .information => "information"

/-- Reports the messages of one module with file, line and column. -/
partial def emitMessages (out : IO.FS.Handle) (mod : String) (ms : Array Message) (i : Nat := 0) : IO Unit := do
  if h : i < ms.size then
    let m := ms[i]
    unless m.isSilent do
      emit out [field "event" "message", field "module" (Json.str mod), field "severity" (Json.str (severityStr m.severity)),
        field "line" m.pos.line, field "column" m.pos.column, field "text" (Json.str (← m.data.toString))]
    emitMessages out mod ms (i + 1)

def options : Options :=
  let o : Options := {}
  let o := o.setBool `autoImplicit false
  o.setBool `Elab.async false

/-- Where the time of the module in work has gone so far. -/
structure Clock where
  module : String := ""
  milliseconds : Nat := 0
  heartbeats : Nat := 0

def clockNow (module : String) : BaseIO Clock := do
  return { module, milliseconds := ← IO.monoMsNow, heartbeats := ← IO.getNumHeartbeats }

/-- Name that a declaration gives itself, under the namespace it is in; empty for other commands. -/
def declaredName (stx : Syntax) (scopes : List Command.Scope) : String :=
  match stx.find? (·.getKind == ``Parser.Command.declId), scopes with
  | some id, scope :: _ => nameStr (scope.currNamespace ++ (id.getArg 0).getId)
  | _, _ => ""

/-- First and last line of a command, its docstring included. -/
def linesOf (map : FileMap) (stx : Syntax) : Nat × Nat :=
  match stx.getPos?, stx.getTailPos? with
  | some first, some last => ((map.toPosition first).line, (map.toPosition last).line)
  | _, _ => (0, 0)

/-- Lean calls linters after every command: that tells where each declaration is and what it cost. -/
def stopwatch (out : IO.FS.Handle) (clock : IO.Ref Clock) : Command.Linter where
  name := `stopwatch
  run := fun stx context state => do
    let before ← clock.get
    let now ← clockNow before.module
    clock.set now
    let name := declaredName stx (← state.get).scopes
    -- An instance without a name is reported without one: that it is there, and where.
    if name != "" || stx.getKind == ``Parser.Command.declaration then
      let (first, last) := linesOf context.fileMap stx
      let _ ← (emit out [field "event" "declaration", field "module" (Json.str now.module), field "name" (Json.str name),
        field "milliseconds" (now.milliseconds - before.milliseconds),
        field "heartbeats" (now.heartbeats - before.heartbeats), field "first_line" first, field "last_line" last]).toBaseIO

/-- Core as a `module` sees it, read once: a process cannot give back what it has imported. -/
def loadCore : IO ImportState := do
  let core : Array Import := #[{ module := `Init }, { module := `Init, isMeta := true }]
  let (_, loaded) ← (importModulesCore (globalLevel := .exported) core).run default
  return loaded

/-- Environment at the head of a module. -/
def importHeader (header : HeaderSyntax) (core : ImportState) : IO Environment := do
  let imports := HeaderSyntax.imports header
  let isModule := HeaderSyntax.isModule header
  let level : OLeanLevel := if isModule then .exported else .private
  let (_, loaded) ← (importModulesCore (globalLevel := level) imports).run (if isModule then core else default)
  finalizeImport loaded imports options 0 false true (level := level)

/-- Elaborates one source file; its olean is written only if no error was reported. -/
def elabModule (out : IO.FS.Handle) (clock : IO.Ref Clock) (core : ImportState) (options : Options)
    (mod src olean : String) : IO Unit := do
  emit out [field "event" "start", field "module" (Json.str mod)]
  let t0 ← IO.monoMsNow
  let text ← IO.FS.readFile src
  let ictx : Parser.InputContext :=
    { inputString := text, fileName := src, fileMap := text.toFileMap, endPos := text.rawEndPos, endPos_valid := by simp }
  let (header, ps, msgs) ← Parser.parseHeader ictx
  let ok ← try
    let env ← importHeader header core
    clock.set (← clockNow mod)
    let st := Command.mkState (env.setMainModule mod.toName) msgs options
    -- Not command after command by hand: messages from inside proofs reach the log only this way.
    let s ← if msgs.hasErrors then pure st else pure (← IO.processCommands ictx ps st).commandState
    emitMessages out mod s.messages.toArray
    let ok := !s.messages.hasErrors
    if ok then writeModule s.env olean
    pure ok
  catch e =>
    emit out [field "event" "message", field "module" (Json.str mod), field "severity" "error",
      field "line" (1 : Nat), field "column" (0 : Nat), field "text" (Json.str (toString e))]
    pure false
  let t1 ← IO.monoMsNow
  emit out [field "event" "module", field "module" (Json.str mod), field "ok" ok, field "milliseconds" (t1 - t0)]

/-! ### Audit -/

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

def emitConstant (out : IO.FS.Handle) (env : Environment) (mod n : Name) : IO Unit := do
  match env.find? n with
  | none => emit out [field "event" "constant", field "name" (Json.str (nameStr n)), field "module" (Json.str (nameStr mod)),
      field "kind" "missing"]
  | some c =>
    let (kind, value) := kindOf c
    let uses := match value with
      | some v => listOf v.getUsedConstants
      | none => []
    let unused := match kind, value with
      | "theorem", some v => unusedBinders c.type v
      | _, _ => []
    let body := match kind, value with
      | "definition", some v => Json.str (canon v)
      | _, _ => Json.null
    let statement ← if kind == "theorem" && !n.isInternal then pretty env c.type else pure ""
    emit out [field "event" "constant", field "name" (Json.str (nameStr n)), field "module" (Json.str (nameStr mod)),
      field "kind" (Json.str kind), field "statement" (Json.str statement), field "type" (Json.str (canon c.type)),
      field "value" body, field "type_uses" (namesJson (listOf c.type.getUsedConstants)),
      field "value_uses" (namesJson uses), field "unused" (namesJson unused)]

partial def emitConstants (out : IO.FS.Handle) (env : Environment) (mod : Name) (ns : Array Name) (i : Nat := 0) : IO Unit := do
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
      field "type" (Json.str (type.pretty 100)), field "head" (Json.str (headStr t))]
    census env (lctx.mkLocalDecl id n t bi) (acc.push binder) (b.instantiate1 (.fvar id))
  | e => do return (acc, (← PrettyPrinter.ppExprLegacy env {} lctx {} e).pretty 100)

partial def emitCensus (out : IO.FS.Handle) (env : Environment) : List Name → IO Unit
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

partial def emitModules (out : IO.FS.Handle) (env : Environment) (part parts place : Nat) : List Name → IO Unit
  | [] => return ()
  | m :: rest => do
    if place % parts == part then
      emitConstants out env m (constantsOf env m)
      emitCensus out env (constructorsAmong env (constantsOf env m))
    emitModules out env part parts (place + 1) rest

def emitAxioms (out : IO.FS.Handle) (env : Environment) : List Name → IO Unit
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

def audit (out : IO.FS.Handle) (base : Environment) (root : Name) (headlines own : List Name) (part parts : Nat) :
    IO Unit := do
  -- Extensions loaded: statements are printed in the usual notation.
  let env ← importModules #[{ module := root }] {} (loadExts := true) (level := .private)
  emitModules out env part parts 0 own
  emitCensus out env headlines
  if coreVisible env then emitAxioms out env headlines
  let t0 ← IO.monoMsNow
  let names ← replay base env own part parts
  let t1 ← IO.monoMsNow
  emit out [field "event" "replayed", field "root" (Json.str (nameStr root)), field "names" (namesJson names),
    field "milliseconds" (t1 - t0)]

/-! ### Jobs -/

structure Job where
  out : IO.FS.Handle
  clock : IO.Ref Clock
  options : Options := Driver.options
  own : List Name := []
  headlines : List Name := []
  core : Option ImportState := none
  /-- Core alone, for replays; imported once. -/
  base : Option Environment := none

/-- Waits for a file that another process or the supervisor makes. -/
partial def waitFor (path : String) : IO Unit := do
  unless ← System.FilePath.pathExists path do
    IO.sleep 50
    waitFor path

partial def runLines (lines : List String) (job : Job) : IO Unit := do
  match lines with
  | [] => return ()
  | line :: rest =>
    match line.splitOn "\t" with
    | ["path", dir] =>
      searchPathRef.modify (System.FilePath.mk dir :: ·)
      runLines rest job
    | ["wait", path] => waitFor path; runLines rest job
    | ["set", name] => runLines rest { job with options := job.options.setBool name.toName true }
    | ["module", mod, src, olean] =>
      let core ← match job.core with
        | some core => pure core
        | none => loadCore
      elabModule job.out job.clock core job.options mod src olean
      runLines rest { job with core := some core }
    | ["own", mod] => runLines rest { job with own := mod.toName :: job.own }
    | ["headline", n] => runLines rest { job with headlines := n.toName :: job.headlines }
    | ["audit", root, part, parts] =>
      let base ← match job.base with
        | some base => pure base
        | none => importModules #[{ module := `Init }] {} (level := .private)
      try audit job.out base root.toName job.headlines job.own part.toNat! parts.toNat!
      catch e => emit job.out [field "event" "rejected", field "root" (Json.str root), field "text" (Json.str (toString e))]
      runLines rest { job with own := [], headlines := [], base := some base }
    | [""] => runLines rest job
    | _ => throw (IO.userError s!"the job has a line that is not an instruction: {line}")

/-- Runs a job file whose first line names the events file. -/
def runJob (path : String) : IO Unit := do
  let text ← IO.FS.readFile path
  match text.splitOn "\n" with
  | [] => return ()
  | first :: rest =>
    match first.splitOn "\t" with
    | ["events", events] =>
      let out ← IO.FS.Handle.mk events .append
      emit out [field "event" "lean", field "version" (Json.str Lean.versionString)]
      try
        let clock ← IO.mkRef ({} : Clock)
        Command.lintersRef.modify (·.push (stopwatch out clock))
        runLines rest { out, clock }
        emit out [field "event" "done"]
      catch e => emit out [field "event" "failed", field "text" (Json.str (toString e))]
    | _ => throw (IO.userError "the first line of a job names the events file")

end Driver

/-- Entry point: `lean --run Driver.lean JOB`. The exit status says nothing (it is lost under the
WebAssembly build); the events file does. -/
public def main (args : List String) : IO UInt32 := do
  match args with
  | [job] => Driver.runJob job
  | _ => throw (IO.userError "one argument: the job file")
  IO.Process.exit 0
