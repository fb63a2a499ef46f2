import type { HookDelivery, HookList } from "@gauntlet/contract";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState, type JSX } from "react";

import { hooksQuery, sendReplay } from "../api/hooks.ts";
import { ConfirmDialog } from "../components/ConfirmDialog.tsx";
import { FailureNote } from "../components/FailureNote.tsx";
import { HookDeliveryItem } from "../components/HookDeliveryItem.tsx";
import { HookFilters } from "../components/HookFilters.tsx";
import { HookTable } from "../components/HookTable.tsx";
import { Loading } from "../components/Loading.tsx";
import { Panel } from "../components/Panel.tsx";
import { useTitle } from "../components/use-title.ts";
import { count } from "../format/number.ts";

const route = getRouteApi("/hooks");
/** Deliveries shown at first, with each step more, and at most. */
const SHOWN = { step: 50, max: 1000 } as const;

/** Who is told what happens, whether they hear it, and each delivery with its attempts. */
export function HooksPage(): JSX.Element {
  useTitle("Hooks");
  const filter = route.useSearch();
  const [limit, setLimit] = useState<number>(SHOWN.step);
  const query = useQuery(hooksQuery(filter, limit));
  return (
    <div className="page">
      <div className="page-head">
        <h1>Hooks</h1>
      </div>
      {query.isError ? <FailureNote title="The hooks can't be read" error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Loading what="the hooks" lines={5} /> : null}
      {query.data === undefined ? null : (
        <>
          {query.data.hooks.length === 0 ? <NoHooks /> : <Told list={query.data} />}
          {query.data.hooks.length === 0 && query.data.deliveries.length === 0 ? null : <Log list={query.data} limit={limit} onMore={() => setLimit(Math.min(SHOWN.max, limit + SHOWN.step))} />}
        </>
      )}
    </div>
  );
}

function Told({ list }: { readonly list: HookList }): JSX.Element {
  return (
    <Panel title="Who is told" note="as gauntlet.yaml names them; their addresses are shown nowhere">
      <HookTable hooks={list.hooks} now={list.now} />
    </Panel>
  );
}

const EXAMPLE = `hooks:
  - name: people
    kind: slack
    url: "\${SLACK_URL}"
    events: [approval_wanted, promoted, rolled_back, at_risk]`;

function NoHooks(): JSX.Element {
  return (
    <Panel title="Nobody is told yet">
      <p>
        A chat room, a pipeline or a program of yours can be told what is decided and done. Name it in <code>gauntlet.yaml</code>, and start the server again:
      </p>
      <pre className="hooks-example">{EXAMPLE}</pre>
      <p>
        <code>gauntlet hooks test people</code> then sends it a test; the guide &quot;Tell others&quot; has the other kinds, and how to verify what is signed.
      </p>
    </Panel>
  );
}

interface LogProps {
  readonly list: HookList;
  readonly limit: number;
  readonly onMore: () => void;
}

function Log({ list, limit, onMore }: LogProps): JSX.Element {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const [replaying, setReplaying] = useState<HookDelivery | null>(null);
  const [said, setSaid] = useState("");
  return (
    <Panel title="Deliveries" note="newest first; of those that are settled the newest thousand are kept" aside={<HookFilters filter={filter} hooks={list.hooks.map(({ name }) => name)} onChange={(search) => void navigate({ search })} />}>
      <output>{said === "" ? null : <p className="check-pass">{said}</p>}</output>
      {list.deliveries.length === 0 ? <p className="quiet">{(filter.hook ?? filter.status ?? filter.event) === undefined ? "Nobody was told anything yet." : "No delivery is like that."}</p> : null}
      <ol className="ledger deliveries">
        {list.deliveries.map((delivery) => (
          <HookDeliveryItem key={delivery.id} delivery={delivery} now={list.now} onReplay={() => setReplaying(delivery)} />
        ))}
      </ol>
      {list.deliveries.length >= limit && limit < SHOWN.max ? (
        <button type="button" className="button" onClick={onMore}>
          Show older deliveries <span className="quiet">({count(SHOWN.step)} more)</span>
        </button>
      ) : null}
      {replaying === null ? null : (
        <Replaying
          delivery={replaying}
          disabled={list.hooks.some(({ name, disabled }) => name === replaying.hook && disabled !== null)}
          onClose={() => setReplaying(null)}
          onDone={() => {
            setSaid(`${replaying.hook} is told again with the server's next round.`);
            setReplaying(null);
          }}
        />
      )}
    </Panel>
  );
}

interface ReplayingProps {
  readonly delivery: HookDelivery;
  readonly disabled: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Replaying({ delivery: { id, hook }, disabled, onClose, onDone }: ReplayingProps): JSX.Element {
  const client = useQueryClient();
  return (
    <ConfirmDialog
      title={
        <>
          Tell it again <span className="dialog-model">to {hook}</span>
        </>
      }
      happens={[
        `${hook} is sent the same body with the same id: whoever remembers ids knows it again, anybody else acts twice.`,
        "Attempts are counted from 1 again; what came of the earlier ones stays in the log.",
        ...(disabled ? [`${hook} is disabled: until it hears a test, it is told nothing, this neither.`] : []),
      ]}
      reasonMax={null}
      label="Tell it again"
      send={(confirmed) => sendReplay(id, confirmed)}
      onClose={onClose}
      onDone={() => {
        void client.invalidateQueries({ queryKey: ["hooks"] });
        onDone();
      }}
    />
  );
}
