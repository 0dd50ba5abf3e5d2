import type { SchemaIssue } from '../values/standard-schema.js';
import type { FieldError } from '../../protocol/wsgate/field-error.js';
import { groupByPath } from './group-by-path.js';

/** The issues of a Standard Schema, by field. */
export function readIssues(issues: readonly SchemaIssue[]): readonly FieldError[] {
  return groupByPath(issues.map((issue) => [readPath(issue.path), issue.message] as const));
}

function readPath(path: SchemaIssue['path']): string {
  return (path ?? [])
    .map((segment) => String(typeof segment === 'object' ? segment.key : segment))
    .join('.');
}
