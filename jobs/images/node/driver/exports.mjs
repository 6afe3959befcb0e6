// The names a file exports, found in its syntax tree, without running it.

/**
 * {names: Set, stars: specifiers of `export * from`, main: the own name of what is exported as `default`, open: whether
 * there may be names that nobody can see here}. `default` is a name; of a CommonJS file it is module.exports.
 */
export function exportsOf({ tree, module }) {
  const found = { names: new Set(), stars: [], main: undefined, open: !module };
  for (const statement of tree.body) (module ? readModule : readScript)(statement, found);
  return found;
}

/** The names that a declaration declares. */
function declared(node) {
  if (node?.type === 'VariableDeclaration') return node.declarations.flatMap(({ id }) => bound(id));
  return node?.id ? [node.id.name] : [];
}

/** The names that a pattern binds. */
function bound(pattern) {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((it) => bound(it.value ?? it.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap(bound);
    case 'AssignmentPattern':
      return bound(pattern.left);
    case 'RestElement':
      return bound(pattern.argument);
    default:
      return [];
  }
}

const label = (node) => node.name ?? node.value;

function readModule(statement, found) {
  const { names, stars } = found;
  if (statement.type === 'ExportAllDeclaration') {
    if (statement.exported) names.add(label(statement.exported));
    else stars.push(statement.source.value);
  } else if (statement.type === 'ExportDefaultDeclaration') {
    names.add('default');
    found.main = statement.declaration.id?.name ?? statement.declaration.name;
  } else if (statement.type === 'ExportNamedDeclaration') {
    for (const name of declared(statement.declaration)) names.add(name);
    for (const { local, exported } of statement.specifiers) {
      names.add(label(exported));
      if (label(exported) === 'default') found.main = label(local);
    }
  }
}

/** `exports.a = `, `module.exports.a = `, `module.exports = `, also chained. */
function readScript(statement, { names }) {
  let node = statement.type === 'ExpressionStatement' ? statement.expression : undefined;
  while (node?.type === 'AssignmentExpression') {
    let value = node.right;
    while (value.type === 'AssignmentExpression') value = value.right;
    assign(node.left, value, names);
    node = node.right;
  }
}

function assign(target, value, names) {
  if (target.type !== 'MemberExpression') return;
  if (isExports(target.object)) {
    names.add(`${target.computed ? target.property.value : target.property.name}`);
  } else if (isExports(target)) {
    names.add('default');
    if (value.type !== 'ObjectExpression') return;
    for (const it of value.properties) if (it.type === 'Property' && !it.computed) names.add(`${label(it.key)}`);
  }
}

function isExports(node) {
  if (node.type === 'Identifier') return node.name === 'exports';
  return node.type === 'MemberExpression' && node.object.name === 'module' && node.property.name === 'exports';
}
