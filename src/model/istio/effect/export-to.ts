// `exportTo`: which namespaces may see a resource.

/** `.` is the resource's own namespace, `*` everybody, `~` nobody; the rest are names. */
export type ExportTo = readonly string[];

// istio/istio pilot/pkg/model/push_context.go initVirtualServices, IsServiceVisible
export function exportedTo(exportTo: ExportTo, own: string, client: string): boolean {
  if (exportTo.includes('*')) return true;
  if (exportTo.includes('~')) return false;
  return exportTo.some((entry) => (entry === '.' ? own : entry) === client);
}
