module
public import Lean
public meta import Lean
public section

/-!
# The program that elaborates, run by `rlhf_proofs` inside Lean

Elaborates the modules it is told to, in the order given, and writes their oleans. What it reports are messages, times
and places; none of that counts as proof, because a source can run code in this process. `Audit.lean` judges the oleans
in a process of its own. Job file, one instruction a line, fields separated by tabs:

    events PATH                 where results go, as JSON lines
    path DIR                    look for oleans in DIR too
    wait PATH                   go on when PATH exists
    set NAME                    turn an option on for the modules that follow
    module NAME SOURCE OLEAN    elaborate SOURCE as module NAME, write OLEAN

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

/-! ### Jobs -/

structure Job where
  out : IO.FS.Handle
  clock : IO.Ref Clock
  options : Options := Driver.options
  core : Option ImportState := none

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
