import type { LedgerVerification } from "@gauntlet/contract";
import { ROOT_CHAIN } from "@gauntlet/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { JSX } from "react";

import { verificationQuery } from "../api/queries.ts";
import { FailureNote } from "../components/FailureNote.tsx";
import { Icon } from "../components/Icon.tsx";
import { LedgerList } from "../components/LedgerList.tsx";
import { Loading } from "../components/Loading.tsx";
import { Panel } from "../components/Panel.tsx";
import { ScrollRegion } from "../components/ScrollRegion.tsx";
import { useTitle } from "../components/use-title.ts";
import { count } from "../format/number.ts";

const route = getRouteApi("/ledger");

/** Every chain with its head, whether all of them verify, and the entries of one. */
export function LedgerPage(): JSX.Element {
  useTitle("Ledger");
  const { chain } = route.useSearch();
  const query = useQuery(verificationQuery);
  const selected = query.data?.chains.find((known) => known.chain === chain);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Ledger</h1>
        <button type="button" className="button" aria-disabled={query.isFetching} onClick={() => void query.refetch()}>
          {query.isFetching ? "Verifying …" : "Verify again"}
        </button>
      </div>
      {query.isError ? <FailureNote title="The ledger can't be verified" error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Loading what="the verification of the ledger" lines={5} /> : null}
      {query.data === undefined ? null : (
        <>
          <VerificationNote verification={query.data} />
          <Chains verification={query.data} selected={chain} />
        </>
      )}
      {selected === undefined ? null : (
        <Panel title={`Entries of ${chainName(selected.chain)}`} note={`${count(selected.entries)} in all, newest first`}>
          <LedgerList key={selected.chain} chain={selected.chain} head={selected.entries} />
        </Panel>
      )}
    </div>
  );
}

function VerificationNote({ verification }: { readonly verification: LedgerVerification }): JSX.Element {
  const entries = verification.chains.reduce((sum, chain) => sum + chain.entries, 0);
  if (verification.status === "verified") {
    return (
      <output className="note note-good ledger-status">
        <Icon name="pass" /> <strong>Verified.</strong> All {count(entries)} entries of {count(verification.chains.length)} {verification.chains.length === 1 ? "chain" : "chains"} are as they were written.
      </output>
    );
  }
  return (
    <div className="note note-bad ledger-status" role="alert">
      <p className="note-title">
        <Icon name="fail" /> Broken: the ledger was changed after it was written, and the controller stops
      </p>
      <ul>
        {verification.breaks.map((found) => (
          <li key={`${found.chain} ${found.seq}`}>
            {chainName(found.chain)}, entry {count(found.seq)}: {found.detail}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Chains({ verification, selected }: { readonly verification: LedgerVerification; readonly selected: string | undefined }): JSX.Element {
  const broken = new Set(verification.breaks.map((found) => found.chain));
  if (verification.chains.length === 0) return <p className="empty">The ledger is empty: its first entry is written when a rollout begins.</p>;
  return (
    <Panel title="Chains" note="each model has its own; the root covers their heads">
      <ScrollRegion label="Table of the chains">
        <table className="chains">
          <thead>
            <tr>
              <th scope="col">Chain</th>
              <th scope="col">Status</th>
              <th scope="col">Entries</th>
              <th scope="col">Head</th>
              <th scope="col">Look into</th>
            </tr>
          </thead>
          <tbody>
            {verification.chains.map((chain) => (
              <tr key={chain.chain} className={chain.chain === selected ? "is-selected" : undefined}>
                <th scope="row">{chainName(chain.chain)}</th>
                <td>
                  <ChainStatus broken={broken.has(chain.chain)} />
                </td>
                <td>{count(chain.entries)}</td>
                <td>
                  <code className="hash">{chain.head}</code>
                </td>
                <td>
                  <Link to="/ledger" search={{ chain: chain.chain }}>
                    entries<span className="hidden"> of {chainName(chain.chain)}</span>
                  </Link>
                  {chain.chain === ROOT_CHAIN ? null : (
                    <>
                      {" · "}
                      <Link to="/models/$model" params={{ model: chain.chain }}>
                        decision room<span className="hidden"> of {chain.chain}</span>
                      </Link>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

function ChainStatus({ broken }: { readonly broken: boolean }): JSX.Element {
  return (
    <span className={`check-mark check-${broken ? "fail" : "pass"}`}>
      <Icon name={broken ? "fail" : "pass"} />
      {broken ? "Broken" : "Verified"}
    </span>
  );
}

function chainName(chain: string): string {
  return chain === ROOT_CHAIN ? "root" : chain;
}
