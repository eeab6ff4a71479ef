module
public import Lean
public meta import Lean
public section

/-!
# The extractor that `rlhf_proofs.dojo` runs inside Lean

One process elaborates the modules it is told to with info trees on, against oleans that are there already, and
writes for each what LeanDojo calls a trace: the syntax tree of every command, the goals before and after every
tactic, every constant that the source mentions. Job file, one instruction a line, fields separated by tabs:

    events PATH                 where to report what is done
    path DIR                    look for oleans in DIR too
    trace NAME SOURCE TARGET    elaborate SOURCE as module NAME, write its trace to TARGET

The trace is one JSON object. Positions are byte offsets; Python knows LeanDojo's own format.

    commands    [syntax]    node [kind, [syntax]] · atom [value, lead, start, stop, trail] · ident [raw, name, lead, …]
    tactics     [[start, stop, goals before, goals after]]
    premises    [[start, stop, constant, module]]        mentioned
    declared    [[start, stop, constant]]                given a name here

Written without `for` loops and most `List` and `Array` helpers: code generation for them fails under the
WebAssembly build. What is between the lines `shared` is word for word the driver's.
-/

namespace Extract
open Lean Elab

-- shared
/-- Two-element JSON object field. -/
def field (k : String) (v : Json) : String × Json := (k, v)

/-- Appends one event and flushes, so that a killed process leaves what it had finished. -/
def emit (out : IO.FS.Handle) (fields : List (String × Json)) : IO Unit := do
  out.putStr ((Json.mkObj fields).compress ++ "\n")
  out.flush

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
-- end of shared

/-! ### Syntax -/

def offset (p : String.Pos.Raw) : Json := Json.num p.byteIdx

/-- A token with its position and the blank space and comments around it. -/
def token (fields : Array Json) : SourceInfo → Json
  | .original lead p trail e =>
    Json.arr (fields.push (offset lead.startPos) |>.push (offset p) |>.push (offset e) |>.push (offset trail.stopPos))
  | .synthetic p e _ => Json.arr (fields.push (offset p) |>.push (offset p) |>.push (offset e) |>.push (offset e))
  | .none => Json.arr fields

partial def syntaxJson : Syntax → Json
  | .missing => Json.null
  | .atom info val => token #[Json.str val] info
  | .ident info raw val _ => token #[Json.str raw.toString, Json.str (nameStr val)] info
  | .node _ kind args => Json.arr #[Json.str (nameStr kind), Json.arr (children args 0 #[])]
where
  children (args : Array Syntax) (i : Nat) (acc : Array Json) : Array Json :=
    if h : i < args.size then children args (i + 1) (acc.push (syntaxJson args[i])) else acc

partial def commandsJson (cs : Array Syntax) (i : Nat) (acc : Array Json) : Array Json :=
  if h : i < cs.size then
    if cs[i].getKind == ``Parser.Command.eoi then acc else commandsJson cs (i + 1) (acc.push (syntaxJson cs[i]))
  else acc

/-! ### Info trees -/

structure Trace where
  tactics : Array Json := #[]
  premises : Array Json := #[]
  declared : Array Json := #[]

def goalsText (ctx : ContextInfo) : List MVarId → IO String
  | [] => return "no goals"
  | [g] => one ctx g
  | g :: rest => return (← one ctx g) ++ "\n\n" ++ (← goalsText ctx rest)
where
  one (ctx : ContextInfo) (g : MVarId) : IO String := do
    let f ← ctx.ppGoals [g]
    return f.pretty.trimAscii.toString

/-- Blocks whose direct children are the steps of a proof. -/
def isBlock (kind : Name) : Bool :=
  kind == ``Parser.Tactic.tacticSeq1Indented || kind == ``Parser.Tactic.tacticSeqBracketed

def addTactic (ctx : ContextInfo) (ti : TacticInfo) (t : Trace) : IO Trace := do
  match ti.stx.getPos? true, ti.stx.getTailPos? true with
  | some start, some stop =>
    let before ← goalsText { ctx with mctx := ti.mctxBefore } ti.goalsBefore
    let after ← goalsText { ctx with mctx := ti.mctxAfter } ti.goalsAfter
    if before == "no goals" || before == after then return t
    let row := Json.arr #[offset start, offset stop, Json.str before, Json.str after]
    return { t with tactics := t.tactics.push row }
  | _, _ => return t

def moduleOf (env : Environment) (n : Name) : Name :=
  match env.getModuleIdxFor? n with
  | some i => env.header.moduleNames[i.toNat]!
  | none => env.mainModule

def addTerm (env : Environment) (ti : TermInfo) (t : Trace) : Trace :=
  match ti.expr, ti.stx.getPos?, ti.stx.getTailPos? with
  | .const n _, some start, some stop =>
    let row := #[offset start, offset stop, Json.str (nameStr n)]
    if ti.isBinder then { t with declared := t.declared.push (Json.arr row) }
    else { t with premises := t.premises.push (Json.arr (row.push (Json.str (nameStr (moduleOf env n))))) }
  | _, _, _ => t

partial def pushAll (ts : Array InfoTree) (i : Nat) (acc : Array InfoTree) : Array InfoTree :=
  if h : i < ts.size then pushAll ts (i + 1) (acc.push ts[i]) else acc

/-- Elements of a persistent array, by its own structure. -/
partial def flatten (node : PersistentArrayNode InfoTree) (acc : Array InfoTree) : Array InfoTree :=
  match node with
  | .leaf ts => pushAll ts 0 acc
  | .node ns => go ns 0 acc
where
  go (ns : Array (PersistentArrayNode InfoTree)) (i : Nat) (acc : Array InfoTree) : Array InfoTree :=
    if h : i < ns.size then go ns (i + 1) (flatten ns[i] acc) else acc

def elements (ts : PersistentArray InfoTree) : Array InfoTree :=
  pushAll ts.tail 0 (flatten ts.root #[])

partial def walk (env : Environment) (ctx : Option ContextInfo) (parent : Name) (tree : InfoTree) (t : Trace) :
    IO Trace := do
  match tree with
  | .context inner tree => walk env (inner.mergeIntoOuter? ctx) parent tree t
  | .hole _ => throw (IO.userError "an info tree has a hole")
  | .node info children =>
    let t ← match info, ctx with
      | .ofTacticInfo ti, some ctx => if isBlock parent then addTactic ctx ti t else pure t
      | .ofTermInfo ti, _ => pure (addTerm env ti t)
      | _, _ => pure t
    let kind := match info with
      | .ofTacticInfo ti => ti.stx.getKind
      | _ => Name.anonymous
    walkAll ctx kind (elements children) 0 t
where
  walkAll (ctx : Option ContextInfo) (parent : Name) (trees : Array InfoTree) (i : Nat) (t : Trace) : IO Trace := do
    if h : i < trees.size then
      walkAll ctx parent trees (i + 1) (← walk env ctx parent trees[i] t)
    else return t

/-! ### Jobs -/

/-- Traces one source file; the trace is written only if no error was reported. -/
def traceModule (out : IO.FS.Handle) (core : ImportState) (mod src target : String) : IO Unit := do
  emit out [field "event" "start", field "module" (Json.str mod)]
  let t0 ← IO.monoMsNow
  let text ← IO.FS.readFile src
  let ictx : Parser.InputContext :=
    { inputString := text, fileName := src, fileMap := text.toFileMap, endPos := text.rawEndPos, endPos_valid := by simp }
  let (header, ps, msgs) ← Parser.parseHeader ictx
  let env ← importHeader header core
  let st := Command.mkState (env.setMainModule mod.toName) msgs options
  let s ← IO.processCommands ictx ps { st with infoState := { st.infoState with enabled := true } }
  emitMessages out mod s.commandState.messages.toArray
  let ok := !s.commandState.messages.hasErrors
  if ok then
    let t ← walk.walkAll s.commandState.env none .anonymous (elements s.commandState.infoState.trees) 0 {}
    let json := Json.mkObj [field "commands" (Json.arr (commandsJson s.commands 0 #[syntaxJson header])),
      field "tactics" (Json.arr t.tactics), field "premises" (Json.arr t.premises), field "declared" (Json.arr t.declared)]
    IO.FS.writeFile target json.compress
  let t1 ← IO.monoMsNow
  emit out [field "event" "module", field "module" (Json.str mod), field "ok" ok, field "milliseconds" (t1 - t0)]

partial def runLines (out : IO.FS.Handle) (core : ImportState) : List String → IO Unit
  | [] => return ()
  | line :: rest => do
    match line.splitOn "\t" with
    | ["path", dir] => searchPathRef.modify (System.FilePath.mk dir :: ·)
    | ["trace", mod, src, target] => traceModule out core mod src target
    | [""] => pure ()
    | _ => throw (IO.userError s!"the job has a line that is not an instruction: {line}")
    runLines out core rest

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
        runLines out (← loadCore) rest
        emit out [field "event" "done"]
      catch e => emit out [field "event" "failed", field "text" (Json.str (toString e))]
    | _ => throw (IO.userError "the first line of a job names the events file")

end Extract

/-- Entry point: `lean --run Extract.lean JOB`. The exit status says nothing (it is lost under the
WebAssembly build); the events file does. -/
public def main (args : List String) : IO UInt32 := do
  match args with
  | [job] => Extract.runJob job
  | _ => throw (IO.userError "one argument: the job file")
  IO.Process.exit 0
