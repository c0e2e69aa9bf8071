export const en = {
  title: 'History', number: 'No.', when: 'When', who: 'Who', why: 'Why', what: 'What', from: 'From', gateway: 'the gateway',
  kind: 'Kind', allKinds: 'All kinds',
  emptyTitle: 'Nothing has been changed yet', empty: 'Each change of the configuration stands here: who made it, when and why, and what it was. One can go back to each of them.',
  noneTitle: 'Nothing of this kind', none: 'None of the revisions that have been read changed any. Older ones may have.', clear: 'Show all kinds',
  older: 'Show older ones', all: (n: string) => `That is all: ${n} revisions.`, loaded: (n: string) => `${n} revisions, the latest first`, fresh: 'New revisions come by themselves',
  revision: (n: string) => `Revision ${n}`, missing: 'There is no such revision.', now: 'as it is now',
  back: 'Roll back to this state', backTitle: (n: string) => `Roll back to revision ${n}?`,
  backNote: (n: string, later: number) => later === 1 ? `Everything becomes as it was at revision ${n}. What was changed once since then is taken back. The history stays, and this becomes a revision of its own.`
    : `Everything becomes as it was at revision ${n}. What was changed ${later} times since then is taken back. The history stays, and this becomes a revision of its own.`,
  undo: 'Undo this change', undoTitle: (n: string) => `Undo revision ${n}?`, undoNote: (n: string) => `Everything becomes as it was before revision ${n}. The history stays, and this becomes a revision of its own.`,
  doBack: 'Roll back', done: (n: string) => `Everything is as it was at revision ${n}.`,
  plus: (n: number) => `${n} more`, newer: 'Newer revision', before: 'Older revision',
}
