// What docstrings must say, found in the sources by TypeScript 6, whose checker can be asked.
import ts from "typescript";

/** What is spared some rules. */
export interface Exempt {
  /** Ops whose formula needs no source. */
  readonly plain?: readonly string[];
  /** Interfaces that callers write, whose members do what callers say. */
  readonly written?: readonly string[];
}

/** Exports of a program's modules whose docstrings fall short, in a sentence each. */
export function shortcomings(
  program: ts.Program,
  entries: readonly string[],
  { plain = [], written = [] }: Exempt = {},
): string[] {
  const checker = program.getTypeChecker();
  const resolve = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const own = (node: ts.Node): boolean => !node.getSourceFile().fileName.includes("node_modules");
  const docOf = (symbol: ts.Symbol): string =>
    ts.displayPartsToString(symbol.getDocumentationComment(checker));

  /** Every export by its name, and its members as `Name.member`. */
  const open = new Map<ts.Symbol, string>();
  const holder = new Map<ts.Symbol, ts.Symbol>();
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
    for (const symbol of checker.getExportsOfModule(module).map(resolve)) {
      if (open.has(symbol) || symbol.flags & ts.SymbolFlags.Module) continue;
      open.set(symbol, symbol.name);
      for (const member of membersOf(symbol)) {
        open.set(member, `${symbol.name}.${member.name}`);
        holder.set(member, symbol);
      }
    }
  }
  function membersOf(symbol: ts.Symbol): ts.Symbol[] {
    return (symbol.declarations ?? [])
      .flatMap((declaration): readonly ts.Node[] => {
        if (ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration))
          return declaration.members;
        if (ts.isTypeAliasDeclaration(declaration) && ts.isTypeLiteralNode(declaration.type))
          return declaration.type.members;
        return [];
      })
      .filter((member) => !(ts.getCombinedModifierFlags(member as ts.Declaration) & ts.ModifierFlags.Private))
      .flatMap((member) => (member as ts.Declaration & { symbol?: ts.Symbol }).symbol ?? [])
      .filter(({ name }) => !/^__(constructor|call|index|new|@)/.test(name));
  }

  /** The functions behind a declaration: its own, or those of object literals that are given out as an interface. */
  const given = new Map<ts.Node, ts.Node[]>();
  const apart = new Set<ts.Node>();
  const declared = new Set([...open.keys()].flatMap(({ declarations = [] }) => declarations));
  const isOpen = ({ declarations = [] }: ts.Symbol): boolean => declarations.some((d) => declared.has(d));
  for (const file of program.getSourceFiles().filter(own)) {
    const visit = (node: ts.Node): void => {
      const type = ts.isObjectLiteralExpression(node) ? checker.getContextualType(node) : undefined;
      for (const property of type ? (node as ts.ObjectLiteralExpression).properties : []) {
        const body = ts.isShorthandPropertyAssignment(property)
          ? checker.getShorthandAssignmentValueSymbol(property)?.valueDeclaration
          : property;
        const initializer = body && "initializer" in body ? (body.initializer as ts.Node) : body;
        if (!property.name || !initializer || !ts.isFunctionLike(initializer)) continue;
        for (const part of type!.isUnion() ? type!.types : [type!]) {
          for (const declaration of part.getProperty(property.name.getText())?.declarations ?? []) {
            if (!declared.has(declaration)) continue;
            given.set(declaration, [...(given.get(declaration) ?? []), initializer]);
            apart.add(initializer);
          }
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  const bodiesOf = (symbol: ts.Symbol): ts.Node[] =>
    (symbol.declarations ?? []).filter(own).flatMap((declaration): readonly ts.Node[] => {
      if (ts.isVariableDeclaration(declaration)) {
        const { initializer } = declaration;
        const lasts = ts.isSourceFile(declaration.parent.parent.parent);
        return initializer && (lasts || ts.isFunctionLike(initializer)) ? [initializer] : [];
      }
      if (ts.isClassDeclaration(declaration)) return declaration.members.filter(ts.isConstructorDeclaration);
      return given.get(declaration) ?? (ts.isFunctionLike(declaration) ? [declaration] : []);
    });

  /** The names that lead from a function to where it throws, if it does; not past where `stop` says. */
  const wayToThrow = (symbol: ts.Symbol, stop: (symbol: ts.Symbol) => boolean): string[] | undefined => {
    const seen = new Set<ts.Symbol>();
    const from = (symbol: ts.Symbol): string[] | undefined => {
      if (seen.has(symbol)) return undefined;
      seen.add(symbol);
      for (const body of bodiesOf(symbol)) {
        const way = walk(body, body);
        if (way) return [symbol.name, ...way];
      }
      return undefined;
    };
    const walk = (node: ts.Node, body: ts.Node): string[] | undefined => {
      if (ts.isTypeNode(node) || (node !== body && apart.has(node))) return undefined;
      // What a catch throws on comes from its try.
      if (ts.isThrowStatement(node) && !ts.isIdentifier(node.expression)) return [];
      if (!ts.isIdentifier(node)) return ts.forEachChild(node, (child) => walk(child, body));
      const named = checker.getSymbolAtLocation(node);
      const symbol = named && resolve(named);
      return symbol && !stop(symbol) ? from(symbol) : undefined;
    };
    return from(symbol);
  };

  const problems: string[] = [];
  for (const [symbol, name] of open) {
    const say = (what: string): void => void problems.push(`${name} ${what}`);
    const [doc, around] = [docOf(symbol), docOf(holder.get(symbol) ?? symbol)];
    if (!doc) say("has no docstring");
    if (!doc || written.includes(name.split(".")[0])) continue;
    const declaration = symbol.declarations![0];
    const calls = checker.getNonNullableType(checker.getTypeOfSymbol(symbol)).getCallSignatures().length > 0;

    const optional = holder.has(symbol) && (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    if (optional && calls) continue; // an option that callers write
    if (optional && !DEFAULT.test(`${doc} ${around}`))
      say("is optional and does not say what holds without it");

    const says = /\b(throws?|rejects?)\b/i.test(doc);
    const way = calls ? wayToThrow(symbol, isOpen) : undefined;
    if (way && !says) say(`throws (${way.join(" > ")}) and does not say so`);
    if (calls && says && !wayToThrow(symbol, () => false))
      say("says that it throws, which nothing in it does");

    // Methods of Gpu and Tensor take tensors of any shape.
    const arrays = ts.isClassElement(declaration) ? [] : arraysOf(symbol);
    if (arrays.length > 0 && !SHAPE.test(`${doc} ${around}`))
      say(`is of ${arrays.join(", ")} and says no shape`);

    if (isOp(declaration) && !plain.includes(name) && !/\bSources?:/.test(doc)) say("names no source");
  }
  return problems;

  function isOp(declaration: ts.Node): boolean {
    return (
      ts.isVariableDeclaration(declaration) &&
      !!declaration.initializer &&
      ts.isCallExpression(declaration.initializer) &&
      declaration.initializer.expression.getText() === "op"
    );
  }

  /** Arrays of numbers that an export takes and gives, or a member holds. */
  function arraysOf(symbol: ts.Symbol): string[] {
    const declaration = symbol.declarations![0]!;
    if (
      ts.isInterfaceDeclaration(declaration) ||
      ts.isClassDeclaration(declaration) ||
      ts.isTypeAliasDeclaration(declaration)
    )
      return [];
    const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
    const signature = type.getCallSignatures()[0];
    const types = signature
      ? [
          ...signature.parameters.map((p) => checker.getTypeOfSymbolAtLocation(p, declaration)),
          checker.getReturnTypeOfSignature(signature),
        ]
      : [type];
    const parts = types.flatMap((type) => (type.isUnion() ? type.types : [type]));
    return [...new Set(parts.flatMap((type) => ARRAY.exec(checker.typeToString(type))?.[1] ?? []))];
  }
}

/** What holds unless a member is given. */
const DEFAULT = /\b(unless|only|where|with|whether)\b/i;
const ARRAY =
  /^(?:readonly )?(?:Promise<)?(Tensor|Nd|(?:Float32|Float64|Int32|Uint32|Uint8)Array|ArrayLike(?=<number))\b/;
/** A shape, such as (N, H, W, C), (), (..., C), (2P, D), (ranks), or words for one. */
const SHAPE =
  /\((\.\.\.|\d* ?[A-Zn]\w*|\d+|[a-z]+(?=,)|ranks|classes|batch|steps)?(, [\w /]+)*\)|\bshapes?\b|\bbytes\b/;
